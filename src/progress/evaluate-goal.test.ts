import { expect, test } from 'vitest';

import { book, rule } from '../../test/sales.ts';
import type { RuleDocument } from '../rules/document.ts';
import { nameId, type Id, type ProgrammeId } from '../shared/id.ts';
import { latestName, sumName, type Sums } from './counters.ts';
import { percentOf, reasonOf, standingsOf, type GoalFacts, type Target } from './evaluate-goal.ts';
import { sumsByPeriod } from './evaluate-sums.ts';
import { countersOf, goalsOf, versionFor, type GoalVersions } from './goal.ts';
import { periodOf } from './period.ts';

const programme = nameId<ProgrammeId>('programme');
const sari = nameId<Id<'sari'>>('sari');
const scope = { kinds: ['receipt'] };

type Goal = NonNullable<RuleDocument['goal']>;
const pieces = { for: 'participant', counts: { of: 'quantity' } } as const;

function goal(
  more: Omit<Goal, 'for' | 'counts'> & Partial<Goal>,
  changes: Partial<RuleDocument> = {},
): GoalVersions {
  const document = rule('goal', {
    goal: { ...pieces, ...more } as Goal,
    effects: [{ kind: 'award', leg: 'bonus', asset: 'points', per: 'goal', units: 100 }],
    ...changes,
  });
  return goalsOf(book(document))[0]!;
}

/** What was done, by day; of a share also what it is compared with. */
type Done = Record<string, number>;

function factsOf(goal: GoalVersions, part: Done, more: Partial<GoalFacts> = {}, whole: Done = {}): GoalFacts {
  const sums = new Map<string, Map<string, bigint>>();
  for (const version of goal.versions) {
    const { goal: asked, scope } = version.document;
    const counters = countersOf(programme, version);
    for (const [counter, days] of [
      [counters.part, part],
      [counters.whole, whole],
    ] as const) {
      if (!counter) continue;
      const counts = Object.entries(days).map(([day, value]) => ({ day, item: '', value: BigInt(value) }));
      const found = sumsByPeriod(counts, asked, scope);
      const name = { counter, subject: sari, per: asked.per, window: asked.window };
      sums.set(latestName(name), found.latest);
      sums.set(sumName(name), found.sums);
    }
  }
  return {
    programme,
    timeZone: 'Asia/Kuala_Lumpur',
    sums: sums as Sums,
    targets: [],
    now: new Date('2019-01-01T00:00:00Z'),
    ...more,
  };
}

/** How Sari stands in the period of a day. */
function standing(goal: GoalVersions, day: string, facts: GoalFacts) {
  const newest = goal.versions.at(-1)!.document;
  return standingsOf(goal, sari, [periodOf(newest.goal.per, day, newest.scope)], facts)[0]!;
}

test.each([
  ['day', '2018-03-21', '2018-03-21'],
  ['week', '2018-03-19', '2018-03-25'],
  ['month', '2018-03-01', '2018-03-31'],
  ['quarter', '2018-01-01', '2018-03-31'],
  ['year', '2018-01-01', '2018-12-31'],
  ['campaign', '2018-03-10', '2018-04-20'],
] as const)('a %s goal of 21 March 2018 is from %s to %s', (per, first, last) => {
  const campaign = { ...scope, from: '2018-03-10', to: '2018-04-20' };
  expect(periodOf(per, '2018-03-21', campaign)).toMatchObject({ first, last });
});

test('milestones pay one after the other, and say what is missing to the next', () => {
  const steps = [50, 100, 120].map((at) => ({
    kind: 'award' as const,
    leg: `at-${at}`,
    asset: 'points',
    per: 'goal' as const,
    at,
    units: at,
  }));
  const milestones = goal({ per: 'month', target: 10_000 }, { effects: steps });
  const at = (done: number) => {
    const one = standing(milestones, '2018-03-21', factsOf(milestones, { '2018-03-05': done }));
    return [one.earned.map(({ leg }) => leg), reasonOf(one).facts['count'], percentOf(one)];
  };
  expect([at(4999), at(5000), at(11_999), at(12_000)]).toEqual([
    [[], 0.001, 49],
    [['at-50'], 5, 50],
    [['at-50', 'at-100'], 0.001, 119],
    [['at-50', 'at-100', 'at-120'], undefined, 120],
  ]);
});

test.each<[string, Goal['target'], Done, number | null]>([
  [
    '110 % of the same month last year',
    { percent: 110, of: 'last-year' },
    { '2017-03-31': 1000, '2018-02-01': 9 },
    1100,
  ],
  [
    'the average of three months before, empty ones too',
    { percent: 100, ofAverage: 3 },
    { '2018-02-01': 3000 },
    1000,
  ],
  ['nothing to grow from', { percent: 110, of: 'last-year' }, { '2018-02-01': 3000 }, null],
])('a target of %s', (_name, target, done, wanted) => {
  const growth = goal({ per: 'month', target });
  const one = standing(growth, '2018-03-21', factsOf(growth, done));
  expect(one.target).toBe(wanted === null ? null : BigInt(wanted));
  expect(reasonOf(one).code).toBe(wanted === null ? 'goal-without-target' : 'goal-short');
});

test('of targets of one’s own the newest that begins before the period counts, and its newest version', () => {
  const own = goal({ per: 'month', target: { individual: true, otherwise: 7 } });
  const target = (startsOn: string, version: number, value: bigint): Target => ({
    rule: own.rule,
    subject: sari,
    startsOn,
    version,
    value,
  });
  const targets = [target('2018-02-01', 2, 30n), target('2018-02-01', 1, 20n), target('2018-03-02', 1, 40n)];
  const targetOn = (day: string) => standing(own, day, factsOf(own, {}, { targets })).target;
  expect([targetOn('2018-01-31'), targetOn('2018-03-21'), targetOn('2018-04-01')]).toEqual([7n, 30n, 40n]);
});

test('three weeks in a row pay with the third and with the sixth, and a missed one begins again', () => {
  const streak = goal({ per: 'week', target: 10, inARow: 3 });
  const weeks = ['01-01', '01-08', '01-15', '01-22', '01-29', '02-05', '02-12', '02-26', '03-05', '03-12'];
  const facts = factsOf(streak, Object.fromEntries(weeks.map((day) => [`2018-${day}`, 10])));
  const paid = weeks.filter((day) => standing(streak, `2018-${day}`, facts).earned.length > 0);
  expect(paid).toEqual(['01-15', '02-05', '03-12']);
  expect(reasonOf(standing(streak, '2018-02-12', facts))).toEqual({
    code: 'streak-short',
    facts: { done: 1, wanted: 3 },
  });
});

test('a share is open until its period is over, and of nothing there is no share', () => {
  const share = goal({
    per: 'week',
    counts: { share: { of: 'quantity', kinds: ['delivery'] }, of: { of: 'quantity', kinds: ['order'] } },
    target: 80,
  });
  const during = { now: new Date('2018-03-25T15:59:59Z') };
  const after = { now: new Date('2018-03-25T16:00:00Z') };
  const [delivered, ordered] = [{ '2018-03-20': 80 }, { '2018-03-20': 100 }];
  const at = (more: Partial<GoalFacts>) =>
    standing(share, '2018-03-21', factsOf(share, delivered, more, ordered));
  expect([at(during).earned.length, at(during).done, at(after).earned.length]).toEqual([0, 8000n, 1]);
  expect(standing(share, '2018-04-21', factsOf(share, delivered, after, ordered)).earned).toEqual([]);
});

test('an edit takes effect with the next period, and a new rule with the period in which it begins', () => {
  const [old] = goal({ per: 'week', target: 10 }).versions;
  const edited = new Date('2018-03-21T00:00:00Z');
  const versions: GoalVersions = {
    rule: old!.id,
    versions: [
      { ...old!, effectiveUntil: edited },
      { ...old!, version: 2, effectiveFrom: edited },
    ],
  };
  const judge = (goals: GoalVersions, day: string) =>
    versionFor(goals, periodOf('week', day, scope), 'Asia/Kuala_Lumpur')?.version ?? null;
  expect([judge(versions, '2018-03-25'), judge(versions, '2018-03-26')]).toEqual([1, 2]);
  const begun = { ...versions, versions: versions.versions.slice(1) };
  expect([judge(begun, '2018-03-18'), judge(begun, '2018-03-19')]).toEqual([null, 2]);
});

test('over a window a month is reached by the best of its days, and what is missing is told from the last', () => {
  const rolling = goal({ per: 'month', window: 'P1M', target: 10_000 });
  const sold = {
    '2018-03-05': 4000,
    '2018-04-04': 5000,
    '2018-04-20': 3000,
    '2018-05-03': 3000,
    '2018-05-04': -1000,
  };
  const facts = factsOf(rolling, sold);
  const told = ['2018-03-05', '2018-04-04', '2018-05-04', '2018-06-01'].map((day) => {
    const { done, latest, earned } = standing(rolling, day, facts);
    return [Number(done), Number(latest), earned.length];
  });
  expect(told).toEqual([
    [4000, 4000, 0],
    [9000, 8000, 0],
    [11_000, 5000, 1],
    [0, 0, 0],
  ]);
  expect(reasonOf(standing(rolling, '2018-04-20', facts)).facts['count']).toBe(2);
});
