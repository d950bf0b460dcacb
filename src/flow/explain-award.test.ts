import { expect, test } from 'vitest';

import { book, factsOf, judge, line, multiplier, rule, ruleId, sale } from '../../test/sales.ts';
import { languages, type Language } from '../../web/texts/say.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { explainRules } from './explain-award.ts';

const launch = multiplier('launch', 200, {
  texts: {
    en: {
      title: 'Launch month',
      award: 'Double points in the launch month.',
      unmet: 'For silver and gold only.',
    },
    id: { title: 'Bulan peluncuran', award: 'Poin ganda di bulan peluncuran.' },
  },
  condition: 'participant.tier in ["silver", "gold"]',
});
const documents = [rule('packs'), launch];
const versions = (given: readonly RuleDocument[]) =>
  given.map((document) => ({ id: ruleId(document.code), version: 1, document }));
const explain = (evaluation: Evaluation, language: Language, given = documents) =>
  explainRules(evaluation, versions(given), language).map(({ title, reason, steps }) =>
    [title, reason, ...steps].map((sentence) => sentence.replaceAll('\u00a0', ' ')),
  );
const tenPacks = sale([line('PLAIN')]);

test('the arithmetic and the reason are said in the words of the rule', () => {
  expect(explain(judge(book(...documents), tenPacks), 'en')).toEqual([
    ['packs', 'Points by packs.', '10 pieces × 1 = 10'],
    ['Launch month', 'Double points in the launch month.', '10 × 2 = 20, so 10 more'],
  ]);
  expect(explain(judge(book(...documents), tenPacks), 'id')[1]!.slice(0, 2)).toEqual([
    'Bulan peluncuran',
    'Poin ganda di bulan peluncuran.',
  ]);
});

test('who missed it reads what it takes', () => {
  const bronze = judge(book(...documents), tenPacks, factsOf('bronze'));
  expect(explain(bronze, 'en')[1]).toEqual(['Launch month', 'For silver and gold only.']);
  expect(explain(bronze, 'id')[1]![1]).toContain('participant.tier in ["silver", "gold"] (');
});

test('money, quantities and limits are written as people write them', () => {
  const award = { kind: 'award', leg: 'a' } as const;
  const money = rule('money', {
    effects: [{ ...award, asset: 'MYR', per: 'amount', stepMinor: 1000, currency: 'MYR', units: 55 }],
    limits: [{ of: 'participant', per: 'day', asset: 'MYR', units: 100, over: 'partial' }],
  });
  const weight = rule('weight', {
    effects: [{ ...award, asset: 'points', per: 'quantity', stepMilli: 500, units: 3 }],
  });
  const basket = sale([line('PLAIN', { quantityMilli: 1250n })]);
  expect(explain(judge(book(money, weight), basket), 'en', [money, weight])).toEqual([
    [
      'money',
      'Points by money.',
      'RM 25.00 in steps of RM 10.00: 2 × RM 0.55 = RM 1.10',
      'Limited from RM 1.10 to RM 1.00; RM 0.00 of RM 1.00 were used before. Counted for each person. Counted for each day.',
    ],
    ['weight', 'Points by weight.', '1.25 in steps of 0.5: 2 × 3 = 6'],
  ]);
});

test('a rule that lost names the winner by its title', () => {
  const stacking = { group: 'base', order: 1, mode: 'best' as const };
  const texts = { en: { title: 'The better one', award: 'Better.' } };
  const better = rule('better', { stacking, texts, rounding: { mode: 'up', at: 'line' } });
  const same = rule('same', { stacking: { ...stacking, order: 2 } });
  expect(explain(judge(book(better, same), tenPacks), 'en', [better, same])[1]![1]).toBe(
    'Another rule of the same group counts instead: The better one.',
  );
});

test('what is granted is said with its name, a message in the reader’s language', () => {
  const granted = rule('granted', {
    effects: [
      { kind: 'certificate', leg: 'c', name: 'tea-expert', count: 1 },
      { kind: 'message', leg: 'm', texts: { en: 'Well done!', id: 'Bagus!' } },
    ],
  });
  const evaluation = judge(book(granted), tenPacks);
  expect(explain(evaluation, 'en', [granted])[0]!.slice(2)).toEqual([
    'Certificate tea-expert: 1',
    'Message: Well done!',
  ]);
  expect(explain(evaluation, 'id', [granted])[0]!.at(-1)).toBe('Pesan: Bagus!');
});

const award = { kind: 'award', leg: 'a', asset: 'points' } as const;
const scope = (audience: NonNullable<RuleDocument['scope']['audience']>) => ({
  scope: { kinds: ['receipt'], audience },
});
const every: RuleDocument[] = [
  rule('before', { scope: { kinds: ['receipt'], from: '2018-04-01' } }),
  rule('after', { scope: { kinds: ['receipt'], to: '2018-03-01' } }),
  rule('participant', scope({ participantKinds: ['owner'] })),
  rule('tier', scope({ tiers: ['gold'] })),
  rule('segment', scope({ segments: ['pharmacists'] })),
  rule('area', scope({ areas: ['penang'] })),
  rule('channel', scope({ channels: ['pharmacy'] })),
  rule('outlet', scope({ outlets: ['jin-seng'] })),
  rule('goods', { scope: { kinds: ['receipt'], products: { focus: true } } }),
  rule('comparison', { condition: 'eligible.count > 5' }),
  rule('condition', { condition: 'activity.lines.all(l, l.isFocus)' }),
  rule('formula', { effects: [{ ...award, per: 'activity', units: 'eligible.count * 3' }] }),
  rule('division', { effects: [{ ...award, per: 'activity', units: '1 / (eligible.count - 1)' }] }),
  rule('once', { effects: [{ ...award, per: 'activity', units: 3 }] }),
  rule('lines', { effects: [{ ...award, per: 'line', units: 3 }] }),
  rule('each-line', { effects: [{ ...award, per: 'line', units: 'line.quantityMilli' }] }),
  rule('steps', { effects: [{ ...award, per: 'quantity', stepMilli: 3000, units: 3 }] }),
  rule('amount', { effects: [{ ...award, per: 'amount', stepMinor: 100, currency: 'MYR', units: 3 }] }),
  rule('net', {
    base: 'net-of-discount',
    effects: [{ ...award, per: 'share', basisPoints: 750, currency: 'MYR' }],
  }),
  rule('net-of-points', {
    base: 'net-of-points',
    effects: [{ ...award, per: 'amount', stepMinor: 100, currency: 'MYR', units: 3 }],
  }),
  rule('share', { effects: [{ ...award, per: 'share', basisPoints: 750, currency: 'MYR' }] }),
  rule('share-units', {
    effects: [{ ...award, per: 'share', basisPoints: 1000, unitMinor: 10, currency: 'MYR' }],
  }),
  rule('granted', {
    effects: [
      { kind: 'certificate', leg: 'c', name: 'tea-expert', count: 1 },
      { kind: 'draw', leg: 'd', name: 'spring', count: 2 },
      { kind: 'message', leg: 'm', texts: { en: 'Well done!', id: 'Bagus!' } },
    ],
  }),
  rule('honoured', {
    values: { points: { units: 1, minor: 10, currency: 'MYR' } },
    limits: [{ of: 'rule', per: 'day', value: { minor: 20, currency: 'MYR' }, over: 'honour' }],
  }),
  rule('currency', { effects: [{ ...award, per: 'amount', stepMinor: 100, currency: 'IDR', units: 3 }] }),
  rule('small', { effects: [{ ...award, per: 'quantity', stepMilli: 30_000, units: 3 }] }),
  ...(['participant', 'outlet', 'rule'] as const).flatMap((of) =>
    (['activity', 'day', 'week', 'month', 'programme'] as const).map((per) =>
      rule(`limit-${of}-${per}`, { limits: [{ of, per, asset: 'points', units: 3, over: 'partial' }] }),
    ),
  ),
  rule('refused', { limits: [{ of: 'rule', per: 'day', asset: 'points', units: 3, over: 'nothing' }] }),
  rule('first', { stacking: { group: 'first', order: 1, mode: 'first' } }),
  rule('second', { stacking: { group: 'first', order: 2, mode: 'first' } }),
  multiplier('multiply', 150),
  multiplier('none', 150, {
    effects: [{ kind: 'multiply', leg: 'a', asset: 'points', groups: ['nobody'], percent: 150 }],
  }),
];

test.each(Object.keys(languages) as Language[])(
  'every reason and every step can be said in %s',
  (language) => {
    const rules = book(...every);
    const participant = { kind: 'seller', tier: 'silver', segments: [] };
    const off = line(null, { amountMinor: -100n, quantityMilli: 0n });
    const known = judge(
      rules,
      sale([line('PLAIN'), off], { pointsMinor: 100n }),
      factsOf('silver', { participant }),
    );
    const unknown = judge(rules, tenPacks, factsOf(null, { outlet: null }));
    const codes = new Set([...known.considered, ...unknown.considered].map(({ reason }) => reason.code));
    const alone = rule('alone', { stacking: { group: 'alone', order: 1, mode: 'exclusive' } });
    const excluded = judge(book(alone, rule('beside')), tenPacks);
    for (const { reason } of excluded.considered) codes.add(reason.code);
    expect(codes.size).toBe(20);
    for (const evaluation of [known, unknown, excluded])
      for (const { reason, steps } of explainRules(evaluation, [], language))
        for (const sentence of [reason, ...steps])
          expect(sentence).not.toMatch(/[{}]|rule\.(?:reason|step|counted)|undefined|NaN/);
  },
);
