import { expect, test } from 'vitest';

import type { TiersDocument } from './document.ts';
import { fallsTo, missingToKeep, spanOn, tierSpans, type TierHistory } from './evaluate-tier.ts';

const base: TiersDocument = {
  format: 1,
  kind: 'tiers',
  code: 'tiers',
  title: { en: 'Tiers' },
  kinds: ['receipt'],
  counts: { of: 'earned', asset: 'status' },
  tiers: [
    { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
    { code: 'silver', title: { en: 'Silver' }, from: 100 },
    { code: 'gold', title: { en: 'Gold' }, from: 300, keep: 200 },
  ],
  window: { kind: 'calendar-year' },
  lasts: { for: 'P12M', endOf: 'year' },
  downgrade: 'one-step',
  noticeDays: 30,
};

function tiersOf(
  changes: Partial<TiersDocument>,
  earned: Record<string, number>,
  more: Partial<TierHistory> = {},
) {
  const version = {
    version: 1,
    state: 'live' as const,
    document: { ...base, ...changes },
    from: null,
    until: null,
  };
  const history: TierHistory = {
    enrolled: { tier: 'bronze', on: '2018-01-01' },
    joined: '2018-01-01',
    contract: null,
    days: () => Object.entries(earned).map(([day, value]) => ({ day, value: BigInt(value) })),
    overrides: [],
    today: '2022-06-30',
    ...more,
  };
  const spans = tierSpans([version], history);
  return { spans, version, history };
}

const told = ({ spans }: ReturnType<typeof tiersOf>) =>
  spans.map(({ from, tier, reason, safeUntil }) => [from, tier, reason, safeUntil].join(' '));

test('a tier is reached the day after, is safe to the end of the next year, and falls a step at a time', () => {
  expect(told(tiersOf({}, { '2018-03-05': 99, '2018-03-07': 1, '2018-04-01': 200 }))).toEqual([
    '2018-01-01 bronze enrolled ',
    '2018-03-08 silver reached 2019-12-31',
    '2018-04-02 gold reached 2019-12-31',
    '2020-01-01 silver one-step 2020-12-31',
    '2021-01-01 bronze one-step ',
  ]);
});

test.each([
  ['what suffices to keep it', {}, 200, ['2020-01-01 gold kept 2020-12-31']],
  ['less than that', {}, 199, ['2020-01-01 silver one-step 2020-12-31']],
  ['nothing, recomputed', { downgrade: 'recomputed' }, 0, ['2020-01-01 bronze recomputed ']],
  ['nothing, and no downgrade', { downgrade: 'none' }, 0, ['2020-01-01 gold kept 2020-12-31']],
] as const)('a gold year followed by %s', (_name, changes, second, wanted) => {
  const tiers = tiersOf(
    changes,
    { '2018-05-01': 300, ...(second > 0 && { '2019-05-01': second }) },
    { today: '2020-06-30' },
  );
  expect(told(tiers).slice(2)).toEqual(wanted);
});

test('a tier may be safe to a fixed day of the year', () => {
  const tiers = tiersOf(
    { lasts: { until: '06-30' } },
    { '2018-06-29': 100, '2019-01-05': 100 },
    { today: '2020-12-31' },
  );
  expect(told(tiers).slice(1)).toEqual([
    '2018-06-30 silver reached 2019-06-30',
    '2019-07-01 silver kept 2020-06-30',
    '2020-07-01 bronze one-step ',
  ]);
});

const fromJoining = { kind: 'since-joining', every: 'P6M' } as const;
const fromContract = { kind: 'since-contract', every: 'P6M' } as const;
test.each([
  // Joined on 31 January: cycles end on 30 January and 30 July, and the 31st is not lost in February.
  ['a cycle from joining', fromJoining, {}, ['2018-03-06 silver 2018-07-30', '2018-07-31 bronze ']],
  [
    'months from joining',
    { kind: 'since-joining', every: 'P1M' },
    {},
    ['2018-03-06 silver 2018-03-30', '2018-03-31 silver 2018-04-29', '2018-04-30 bronze '],
  ],
  [
    'a cycle from the contract',
    fromContract,
    { contract: '2017-04-15' },
    ['2018-03-06 silver 2018-04-14', '2018-04-15 bronze '],
  ],
  [
    'a cycle from a contract that begins later',
    fromContract,
    { contract: '2018-05-01' },
    ['2018-03-06 silver 2018-04-30', '2018-05-01 bronze '],
  ],
  [
    'without a contract from joining',
    fromContract,
    {},
    ['2018-03-06 silver 2018-07-30', '2018-07-31 bronze '],
  ],
  [
    'a cycle from the start of the tier',
    { for: 'P6M' },
    {},
    ['2018-03-06 silver 2018-09-06', '2018-09-07 bronze '],
  ],
] as const)('a tier may be safe to the end of %s', (_name, lasts, more, wanted) => {
  const tiers = tiersOf(
    { lasts, window: { kind: 'rolling', last: 'P1M' } },
    { '2018-03-05': 100 },
    { joined: '2018-01-31', today: '2018-12-31', ...more },
  );
  expect(tiers.spans.slice(1).map(({ from, tier, safeUntil }) => [from, tier, safeUntil].join(' '))).toEqual(
    wanted,
  );
});

test('a tier is kept cycle by cycle with what the cycle before brought', () => {
  const tiers = tiersOf(
    { lasts: fromContract, window: { kind: 'since-contract', every: 'P6M' } },
    { '2018-03-05': 60, '2018-04-14': 40, '2018-04-15': 99, '2018-10-15': 100 },
    { contract: '2017-04-15', today: '2019-12-31' },
  );
  expect(told(tiers).slice(1)).toEqual([
    '2018-04-15 silver reached 2018-10-14',
    '2018-10-15 bronze one-step ',
    '2018-10-16 silver reached 2019-04-14',
    '2019-04-15 silver kept 2019-10-14',
    '2019-10-15 bronze one-step ',
  ]);
});

test.each([
  ['a rolling window forgets', { kind: 'rolling', last: 'P30D' }, ['2018-03-02 silver', '2018-04-02 bronze']],
  ['cycles from joining begin anew', { kind: 'since-joining', every: 'P1M' }, []],
] as const)('%s', (_name, window, wanted) => {
  const tiers = tiersOf(
    { window, lasts: { for: 'P10D' }, downgrade: 'recomputed' },
    { '2018-02-25': 60, '2018-03-01': 60 },
    { today: '2018-06-30' },
  );
  expect(
    tiers.spans.slice(1).flatMap(({ from, tier, reason }) => (reason === 'kept' ? [] : [`${from} ${tier}`])),
  ).toEqual(wanted);
});

test('what is still missing to keep a tier is known before it ends', () => {
  const { spans, version, history } = tiersOf(
    {},
    { '2018-05-01': 300, '2019-05-01': 150 },
    { today: '2019-12-01' },
  );
  expect(missingToKeep(version, spans, history)).toBe(50n);
});

test('a tier given by hand lies over what is computed, and the one set last counts', () => {
  const overrides = [
    { tier: 'gold', from: '2018-02-01', until: '2018-02-28', order: 'a' },
    { tier: 'silver', from: '2018-02-10', until: '2018-02-12', order: 'b' },
  ];
  const tiers = tiersOf({}, { '2018-02-20': 100 }, { overrides, today: '2018-06-30' });
  expect(told(tiers)).toEqual([
    '2018-01-01 bronze enrolled ',
    '2018-02-01 gold override 2018-02-28',
    '2018-02-10 silver override 2018-02-12',
    '2018-02-13 gold override 2018-02-28',
    '2018-03-01 silver override-ended 2019-12-31',
  ]);
  expect(spanOn(tiers.spans, '2018-02-11')!.tier).toBe('silver');
});

test('a new version judges from its first day on and leaves what was before', () => {
  const easier = { ...base, tiers: [base.tiers[0]!, { ...base.tiers[1]!, from: 50 }, base.tiers[2]!] };
  const days = () => [{ day: '2018-02-01', value: 60n }];
  const history = {
    enrolled: { tier: 'bronze', on: '2018-01-01' },
    joined: '2018-01-01',
    contract: null,
    days,
    overrides: [],
    today: '2018-12-01',
  };
  const live = { state: 'live' as const };
  const spans = tierSpans(
    [
      { ...live, version: 1, document: base, from: null, until: '2018-07-01' },
      { ...live, version: 2, document: easier, from: '2018-07-01', until: null },
    ],
    history,
  );
  expect(spans.map(({ from, tier }) => `${from} ${tier}`)).toEqual([
    '2018-01-01 bronze',
    '2018-07-01 silver',
  ]);
});

test.each(['one-step', 'recomputed', 'none'] as const)(
  'who gave back more than they took is in the lowest tier, or stays (%s)',
  (downgrade) => {
    const changes = { downgrade, counts: { of: 'quantity' } as const };
    expect(told(tiersOf(changes, { '2018-03-05': -50 }))).toEqual(['2018-01-01 bronze enrolled ']);
    const { spans, version } = tiersOf(changes, { '2018-03-05': 100, '2019-03-05': -50, '2020-03-05': -50 });
    expect(spans.at(-1)!.tier).toBe(downgrade === 'none' ? 'silver' : 'bronze');
    const silver = { ...spans[0]!, tier: 'silver' };
    expect(fallsTo(version, silver, 150n)).toBe(downgrade === 'none' ? null : 'bronze');
  },
);

test('who falls from a tier that is no more is in the lowest', () => {
  const { version, history } = tiersOf({}, { '2018-03-05': 100, '2018-09-01': -300 });
  const edited = { ...base, tiers: [base.tiers[0]!, { ...base.tiers[2]!, from: 500 }] };
  const spans = tierSpans(
    [
      { ...version, until: '2018-10-01' },
      { ...version, version: 2, document: edited, from: '2018-10-01' },
    ],
    history,
  );
  expect(spans.at(-1)).toMatchObject({ tier: 'bronze', safeUntil: null });
});

test('once the tiers have ended nobody falls, until there are tiers again', () => {
  const { version, history } = tiersOf({}, { '2018-03-07': 100 }, { today: '2021-02-01' });
  const ended = { ...version, until: '2019-06-01' };
  const again = { ...version, version: 3, from: '2020-09-15' };
  const spansOf = (versions: (typeof version | typeof ended | typeof again)[]) =>
    tierSpans(versions as never, history).map(({ from, tier, reason }) => [from, tier, reason].join(' '));
  const before = ['2018-01-01 bronze enrolled', '2018-03-08 silver reached'];
  expect(spansOf([ended])).toEqual(before);
  expect(spansOf([ended, again])).toEqual([...before, '2020-09-15 bronze one-step']);
});
