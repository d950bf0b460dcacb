import { describe, expect, test } from 'vitest';

import { book, judge, line, multiplier, paid, rule, sale } from '../../test/sales.ts';
import { nameId } from '../shared/id.ts';
import { compileDocument } from './compile.ts';
import { armOf } from './evaluate-experiment.ts';

const measure = { of: 'activities' } as const;
const split = (name: string, treatmentPercent = 50) =>
  ({ name, of: 'participant', treatmentPercent, measure }) as const;
const people = Array.from({ length: 20_000 }, (_, number) => nameId<never>('people', String(number)));
const treated = (experiment: ReturnType<typeof split>) =>
  people.filter((id) => armOf(experiment, id) === 'treatment');

describe('armOf', () => {
  // Computed elsewhere: int.from_bytes(sha256(b'launch 00000000-0000-8000-8000-000000000000').digest()[:4], 'big') % 10000
  test.each([
    [0, 1258],
    [1, 7004],
  ])('the bucket of somebody is the same for ever: %i', (number, bucket) => {
    const id = `00000000-0000-8000-8000-00000000000${number}`;
    const percent = Math.floor(bucket / 100);
    expect(armOf(split('launch', percent), id)).toBe('hold-out');
    expect(armOf(split('launch', percent + 1), id)).toBe('treatment');
  });

  test('a share of the audience is treated, and a larger share keeps everybody that was', () => {
    const [ten, forty] = [treated(split('launch', 10)), treated(split('launch', 40))];
    expect(ten.length / people.length).toBeCloseTo(0.1, 2);
    expect(forty.length / people.length).toBeCloseTo(0.4, 1);
    const kept = new Set(forty);
    expect(ten.every((id) => kept.has(id))).toBe(true);
  });

  test('experiments of different names split independently', () => {
    const other = new Set(treated(split('winter')));
    const both = treated(split('launch')).filter((id) => other.has(id));
    expect(both.length / people.length).toBeCloseTo(0.25, 1);
  });
});

describe('a rule with an experiment', () => {
  const inside = people.find((id) => armOf(split('launch'), id) === 'treatment')!;
  const outside = people.find((id) => armOf(split('launch'), id) === 'hold-out')!;
  const rules = book(rule('base'), multiplier('double', 200, { experiment: split('launch') }));

  test('pays those who are treated', () => {
    expect(paid(judge(rules, sale([line('PLAIN')], { participant: inside })))).toEqual({
      base: 10,
      double: 10,
    });
  });

  test('tells the others that they are held out', () => {
    const evaluation = judge(rules, sale([line('PLAIN')], { participant: outside }));
    expect(paid(evaluation)).toEqual({ base: 10 });
    expect(evaluation.considered.find(({ code }) => code === 'double')!.reason).toEqual({
      code: 'in-hold-out',
      facts: { experiment: 'launch' },
    });
  });

  test('of a goal splits those whose goal it is', () => {
    const goal = rule('ten', {
      effects: [{ kind: 'award', leg: 'points', asset: 'points', per: 'goal', units: 5 }],
      goal: { for: 'outlet', per: 'month', counts: { of: 'quantity' }, target: 10 },
      experiment: split('launch'),
    });
    expect(compileDocument(goal)).toMatchObject({
      problems: [{ at: 'experiment.of', code: 'contradiction' }],
    });
  });
});
