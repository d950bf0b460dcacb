import { describe, expect, test } from 'vitest';

import { seededChance } from '../../bench/chance.ts';
import { falseStopsMax, upliftOf, verdictOf, type Group } from './evaluate-uplift.ts';
import { normalQuantile, studentQuantile } from './quantile.ts';

describe('quantiles are those of the tables', () => {
  test.each([
    [0.975, 1.959963985],
    [0.5, 0],
    [0.001, -3.090232306],
    [0.99999, 4.264890794],
  ])('of the normal distribution at %d', (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 6));
  test.each([
    [0.975, 30, 2.0423],
    [0.975, 120, 1.9799],
    [0.999, 60, 3.2317],
    [0.05, 40, -1.6839],
  ])('of Student’s t at %d with %i degrees of freedom', (p, freedom, t) =>
    expect(studentQuantile(p, freedom)).toBeCloseTo(t, 3),
  );
});

type Person = { now: number; before: number };

function groupOf(people: readonly Person[]): Group {
  const count = people.length;
  const mean = (of: keyof Person) => people.reduce((sum, one) => sum + one[of], 0) / count;
  const [now, before] = [mean('now'), mean('before')];
  const spread = (a: keyof Person, b: keyof Person, ofA: number, ofB: number) =>
    people.reduce((sum, one) => sum + (one[a] - ofA) * (one[b] - ofB), 0) / (count - 1);
  return {
    count,
    mean: now,
    variance: spread('now', 'now', now, now),
    meanBefore: before,
    varianceBefore: spread('before', 'before', before, before),
    covariance: spread('now', 'before', now, before),
  };
}

/** A market of shops that sell as shops do: many little, some a lot, and each much as it did before. */
function market(seed: number) {
  const chance = seededChance(seed);
  const random = () => (chance(2 ** 31) + 0.5) / 2 ** 31;
  const gauss = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const shop = () => 100 * Math.exp(0.8 * gauss());
  const sales = (size: number) => Math.max(0, size * (1 + 0.4 * gauss()));
  const people = (count: number) => Array.from({ length: count }, shop);
  return { people, sales };
}

test('the interval covers the true uplift in 95 of 100 experiments, and is narrower for what was before', () => {
  const runs = 400;
  const uplift = 12;
  let covered = 0;
  let left = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const { people, sales } = market(seed);
    const group = (count: number, more: number) =>
      groupOf(people(count).map((size) => ({ before: sales(size), now: sales(size) + more })));
    const told = upliftOf(group(300, uplift), group(150, 0));
    if (told.interval[0] <= uplift && uplift <= told.interval[1]) covered += 1;
    left += told.varianceLeft / runs;
  }
  // 95 % of 400 runs, give or take three standard errors.
  expect(covered / runs).toBeGreaterThan(0.917);
  expect(covered / runs).toBeLessThan(0.983);
  expect(left).toBeLessThan(0.6);
});

/** Looks every week at what has come together since the start; answers the first look that says so. */
function lookWeekly(seed: number, effect: number, weeks: number, wanted: 'better' | 'worse'): number | null {
  const { people, sales } = market(seed);
  const start = (sizes: number[]) => sizes.map((size) => ({ size, before: sales(size), now: 0 }));
  const [treated, heldOut] = [start(people(200)), start(people(200))];
  for (let look = 1; look <= weeks; look += 1) {
    for (const one of treated) one.now += sales(one.size * (1 + effect));
    for (const one of heldOut) one.now += sales(one.size);
    if (verdictOf(groupOf(treated), groupOf(heldOut), look) === wanted) return look;
  }
  return null;
}

test('without any effect, looking every week for half a year stops no more than the stated share', () => {
  const runs = 300;
  let stopped = 0;
  for (let seed = 1; seed <= runs; seed += 1) if (lookWeekly(seed, 0, 26, 'worse') !== null) stopped += 1;
  // 5 % of 300 runs, and three standard errors.
  expect(stopped / runs).toBeLessThanOrEqual(falseStopsMax + 0.038);
});

test('a rule that costs a fifth of the sales is stopped, one that brings a fifth more is not', () => {
  const harmed = Array.from({ length: 40 }, (_, seed) => lookWeekly(seed + 1, -0.2, 12, 'worse'));
  expect(harmed.filter((look) => look !== null).length).toBeGreaterThan(36);
  const helped = Array.from({ length: 40 }, (_, seed) => lookWeekly(seed + 1, 0.2, 12, 'worse'));
  expect(helped.every((look) => look === null)).toBe(true);
});

test('nobody is called a winner below a hundred in either group', () => {
  const group = (count: number, now: number) =>
    groupOf(Array.from({ length: count }, (_, number) => ({ before: 10, now: now + (number % 3) })));
  expect(verdictOf(group(500, 1000), group(99, 10), 1)).toBe('too-small');
  expect(verdictOf(group(500, 1000), group(100, 10), 1)).toBe('better');
});

test('what everybody did alike before changes nothing', () => {
  const alike = (now: number) =>
    groupOf(Array.from({ length: 100 }, (_, number) => ({ before: 5, now: now + (number % 2) })));
  const told = upliftOf(alike(11), alike(10));
  expect(told.difference).toBeCloseTo(1, 10);
  expect(told.varianceLeft).toBe(1);
  expect(told.relative).toBeCloseTo(1 / 10.5, 10);
});
