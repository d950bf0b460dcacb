import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { rule } from '../../test/sales.ts';
import { readExamples, readProgramme } from '../cli/programme-folder.ts';
import { compileDocument } from '../rules/compile.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { ProgrammeDocuments } from './document.ts';
import { parseExamples, type Example } from './example.ts';
import { runExamples } from './run-examples.ts';

const programme = {
  format: 1,
  code: 'warung',
  name: 'Warung',
  startsOn: '2018-01-01',
  endsOn: '2018-12-31',
  timeZone: 'Asia/Kuala_Lumpur',
  currency: 'MYR',
  settings: {},
} as const;
const documents = (...rules: RuleDocument[]): ProgrammeDocuments => ({ programme, rules, others: [] });

const packs = (count: number, day = '2018-03-21') => ({
  at: `${day}T12:00:00+08:00`,
  lines: [{ sku: 'TEA', quantityMilli: count * 1000, amountMinor: count * 250 }],
});
const run = (rules: RuleDocument[], example: Omit<Example, 'name'>) =>
  runExamples(documents(...rules), [{ name: 'one', ...example }])[0]!.differences;
const nothing = { awards: [] };

describe('an example', () => {
  test('passes with the awards and reasons that it expects', () => {
    const silver = rule('silver', { scope: { kinds: ['receipt'], audience: { tiers: ['silver'] } } });
    const expected = {
      awards: [{ rule: 'r', asset: 'points', units: 3 }],
      reasons: { silver: 'other-tier' },
    };
    const participant = { tier: 'gold' };
    expect(run([rule('r'), silver], { participant, activity: packs(3), expect: expected })).toEqual([]);
  });

  test('tells what is missing, what is too much and which reason was another', () => {
    const expected = {
      awards: [
        { rule: 'r', asset: 'points', units: 4 },
        { rule: 's', asset: 'points', units: 1 },
      ],
      reasons: { r: 'limit-reached', t: 'fired' },
    };
    expect(run([rule('r'), rule('u')], { activity: packs(3), expect: expected })).toEqual([
      { about: 'r: points', expected: '4', found: '3' },
      { about: 's: points', expected: '1', found: 'nothing' },
      { about: 'u: points', expected: 'nothing', found: '3' },
      { about: 'reason of r', expected: 'limit-reached', found: 'fired' },
      { about: 'reason of t', expected: 'fired', found: 'not considered' },
    ]);
  });

  test('may say who is held out of an experiment', () => {
    const measure = { of: 'activities' } as const;
    const tried = rule('tried', {
      experiment: { name: 'autumn', of: 'participant', treatmentPercent: 50, measure },
    });
    const paid = { awards: [{ rule: 'tried', asset: 'points', units: 3 }] };
    expect(run([tried], { activity: packs(3), expect: paid })).toEqual([]);
    const heldOut = { ...nothing, reasons: { tried: 'in-hold-out' } };
    expect(run([tried], { heldOutOf: ['autumn'], activity: packs(3), expect: heldOut })).toEqual([]);
  });

  test('may say who is linked, and what the activity told besides', () => {
    const referral = rule('r', { to: { link: 'referrer', level: 2 } });
    const paid = { awards: [{ rule: 'r', asset: 'points', units: 3 }] };
    expect(
      run([referral], { linked: [{ link: 'referrer', level: 2 }], activity: packs(3), expect: paid }),
    ).toEqual([]);
    const unpaid = { ...nothing, reasons: { r: 'nobody-linked' } };
    expect(run([referral], { linked: [{ link: 'referrer' }], activity: packs(3), expect: unpaid })).toEqual(
      [],
    );
    const window = rule('r', {
      scope: { kinds: ['receipt'], attributes: { place: 'string' } },
      condition: 'activity.attributes.place == "window"',
    });
    const activity = { ...packs(3), attributes: { place: 'window' } };
    expect(run([window], { activity, expect: paid })).toEqual([]);
  });

  const tenPacks = rule('ten', {
    effects: [
      { kind: 'award', leg: 'half', asset: 'points', per: 'goal', at: 50, units: 5 },
      { kind: 'award', leg: 'all', asset: 'points', per: 'goal', units: 20 },
    ],
    goal: { for: 'participant', per: 'week', counts: { of: 'quantity' }, target: 10_000 },
  });
  test.each([
    ['nothing yet', [], 4, [], 'goal-short'],
    ['the milestone', [], 5, [{ rule: 'ten', asset: 'points', units: 5 }], 'goal-short'],
    [
      'the goal, the milestone having been paid',
      [packs(6)],
      4,
      [{ rule: 'ten', asset: 'points', units: 20 }],
      'goal-reached',
    ],
    ['nothing more', [packs(6), packs(4)], 4, [], 'goal-reached'],
    ['nothing: the week before does not count', [packs(9, '2018-03-14')], 1, [], 'goal-short'],
  ])('of a goal: %s', (_name, before, count, awards, ten) => {
    expect(run([tenPacks], { before, activity: packs(count), expect: { awards, reasons: { ten } } })).toEqual(
      [],
    );
  });

  const limitOf = (units: number, over: 'partial' | 'nothing' = 'partial') =>
    ({ of: 'participant', per: 'month', asset: 'points', units, over }) as const;
  test.each([
    ['what the milestone left', limitOf(15), [packs(6)], 4, 10, 'goal-reached'],
    ['nothing where the rest is too little', limitOf(15, 'nothing'), [packs(6)], 4, 0, 'limit-reached'],
    ['what last week left', limitOf(30), [packs(10, '2018-03-14')], 10, 5, 'goal-reached'],
    ['nothing once it is used up', limitOf(25), [packs(10, '2018-03-14')], 10, 0, 'limit-reached'],
    ['all in another month', limitOf(25), [packs(10, '2018-02-14')], 10, 25, 'goal-reached'],
  ])('of a goal with a limit: %s', (_name, limit, before, count, units, ten) => {
    const limited = { ...tenPacks, limits: [limit] };
    const awards = units === 0 ? [] : [{ rule: 'ten', asset: 'points', units }];
    expect(run([limited], { before, activity: packs(count), expect: { awards, reasons: { ten } } })).toEqual(
      [],
    );
  });

  test.each([
    ['what is still in the window counts', [packs(6, '2018-02-22')], 4, 25, 'goal-reached'],
    ['what has left it does not', [packs(6, '2018-02-20')], 4, 0, 'goal-short'],
    ['once a month', [packs(10, '2018-03-02')], 10, 0, 'goal-reached'],
    ['again in the next', [packs(10, '2018-02-25')], 1, 25, 'goal-reached'],
  ])('of a goal over a window: %s', (_name, before, count, units, ten) => {
    const rolling = { ...tenPacks, goal: { ...tenPacks.goal!, per: 'month', window: 'P1M' } as const };
    const awards = units === 0 ? [] : [{ rule: 'ten', asset: 'points', units }];
    expect(run([rolling], { before, activity: packs(count), expect: { awards, reasons: { ten } } })).toEqual(
      [],
    );
  });

  test('of a goal with targets of one’s own', () => {
    const own = {
      ...tenPacks,
      goal: { ...tenPacks.goal!, target: { individual: true as const } },
    };
    const reached = { awards: [{ rule: 'ten', asset: 'points', units: 25 }] };
    expect(run([own], { targets: { ten: 2000 }, activity: packs(2), expect: reached })).toEqual([]);
    expect(
      run([own], { activity: packs(2), expect: { ...nothing, reasons: { ten: 'goal-without-target' } } }),
    ).toEqual([]);
  });
});

test('the example in docs/programme.md is true of the demo, and its experiment can be saved', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/programme.md'), 'utf8');
  const [tests, tried] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text!));
  const read = readProgramme(path.resolve(import.meta.dirname, '../../demo/programme'));
  const parsed = parseExamples(tests);
  if (!read.ok || !parsed.ok) throw new Error(JSON.stringify([read, parsed]));
  expect(runExamples(read.documents, parsed.examples)).toMatchObject([{ differences: [] }]);
  expect(compileDocument(rule('tried', tried))).toMatchObject({ ok: true });
});

test('the programme of the demo does what its tests say', () => {
  const folder = path.resolve(import.meta.dirname, '../../demo/programme');
  const read = readProgramme(folder);
  const tests = readExamples(folder);
  if (!read.ok || !tests.ok) throw new Error(JSON.stringify([read, tests]));
  const results = tests.files.flatMap(({ examples }) => runExamples(read.documents, examples));
  expect(results.length).toBeGreaterThan(5);
  expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
});
