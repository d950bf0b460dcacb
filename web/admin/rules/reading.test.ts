import { describe, expect, test } from 'vitest';

import en from '../../texts/en.json' with { type: 'json' };
import hi from '../../texts/hi.json' with { type: 'json' };
import id from '../../texts/id.json' with { type: 'json' };
import pl from '../../texts/pl.json' with { type: 'json' };
import ru from '../../texts/ru.json' with { type: 'json' };
import uk from '../../texts/uk.json' with { type: 'json' };
import { languages, localeOf, sayIn, writeMoney, type Language, type TextKey } from '../../texts/say.ts';
import type { Reader } from '../language.tsx';
import { readDocument, withValue, writeDocument, type RuleDocument } from './document.ts';
import { readRule } from './reading.ts';
import { beginWith, templates } from './templates.ts';

const texts: Record<Language, Record<string, string>> = { en, id, hi, ru, uk, pl };
const all = Object.keys(languages) as Language[];

/** The parts of a reader that a reading uses; what is missing throws. */
function readerOf(language: Language): Reader {
  const say = sayIn(language, texts[language], en, (what) => {
    throw new Error(`${language} lacks ${what}`);
  });
  const reader: Partial<Reader> = {
    language,
    say,
    name: (group, code, facts) =>
      `${group}.${code}` in en ? say(`${group}.${code}` as TextKey, facts) : code,
    number: (value) => new Intl.NumberFormat(localeOf(language)).format(value),
    money: (minor, currency) => writeMoney(language, minor, currency),
  };
  return reader as Reader;
}

const words = {
  called: (_what: string, code: string) => code,
  scaleOf: () => ({ kind: 'points', scale: 0 }),
  currency: 'MYR',
};
const read = (document: RuleDocument, language: Language = 'en') =>
  readRule(document, { reader: readerOf(language), ...words }).map((sentence) =>
    sentence.replaceAll(/[\u00A0\u202F]/g, ' '),
  );

const given = {
  today: '2018-03-21',
  currency: 'MYR',
  asset: 'points',
  kind: 'receipt',
  tiers: ['bronze', 'silver', 'gold'],
  categories: ['tea'],
  skus: ['TEA', 'RICE'],
  groups: ['base'],
};
const made = (code: string) =>
  beginWith(
    templates.find((one) => one.code === code)!,
    given,
    [],
  );

const packs: RuleDocument = {
  ...made('per-piece'),
  scope: {
    kinds: ['receipt'],
    from: '2018-05-01',
    to: '2018-05-31',
    audience: { participantKinds: ['seller'], tiers: ['silver', 'gold'], areas: ['Johor'] },
    products: { categories: ['tea'] },
  },
};

describe('a rule in plain words', () => {
  test.each([
    [
      'en',
      'Sellers of tier silver or gold in Johor get 1 point for every piece of tea, at most 100 points a day for each person, from 1 May 2018 to 31 May 2018.',
    ],
    [
      'id',
      'Penjual tingkat silver atau gold di Johor mendapat 1 poin untuk setiap tea, paling banyak 100 poin sehari untuk setiap orang, dari 1 Mei 2018 sampai 31 Mei 2018.',
    ],
    [
      'ru',
      'Продавцы уровня silver или gold на территории Johor получают 1 балл за каждую штуку категории tea, не больше 100 баллов в день на человека, с 1 мая 2018 г. по 31 мая 2018 г.',
    ],
    [
      'pl',
      'Sprzedawcy z poziomu silver lub gold na obszarze Johor dostają 1 punkt za każdą sztukę kategorii tea, najwyżej 100 punktów dziennie na osobę, od 1 maj 2018 do 31 maj 2018.',
    ],
  ] as const)('in %s', (language, sentence) => {
    expect(read(packs, language)[0]).toBe(sentence);
  });

  test.each([
    ['double-points', 'All participants get 2 times what base pays, from 1 Apr 2018 to 30 Apr 2018.'],
    ['weekly-goal', 'All participants get 100 points for 20 pieces of our goods in a week.'],
    ['in-a-row', 'All participants get 150 points for 3 activities (receipt) in a week, 3 weeks in a row.'],
    [
      'last-year',
      'All participants get 200 points for 110% of the same period of their own last year (pieces) in a month.',
    ],
    ['must-sell', 'Shops get 100 points for 2 different products out of TEA or RICE in a month.'],
    ['share', 'All participants get 2% of the sales of our goods as points.'],
  ])('the template %s', (code, sentence) => {
    expect(read(made(code))[0]).toBe(sentence);
  });

  test('a condition is read as far as its parts are known', () => {
    const document = { ...packs, condition: 'eligible.amountMinor >= 4000 && activity.weekday >= 6' };
    expect(read(document)[1]).toBe(
      'Only if the goods are worth RM 40.00 or more and it is Saturday or Sunday.',
    );
    expect(read({ ...packs, condition: 'participant.tier == "gold" || eligible.count >= 2' })[1]).toBe(
      'Only if “participant.tier == "gold" || eligible.count >= 2”.',
    );
  });

  test('a share by tier is read as what it is', () => {
    const document = {
      ...made('tier-bonus'),
      effects: [{ ...made('tier-bonus').effects[0]!, percent: "participant.tier == 'gold' ? 150 : 120" }],
    };
    expect(read(document)[0]).toBe(
      'All participants of tier silver or gold get 1.5 times (gold) or 1.2 times (others) what base pays.',
    );
  });

  test.each(all)('every template and every part of a rule can be said in %s', (language) => {
    const rich: RuleDocument = {
      ...packs,
      condition: 'eligible.count >= 2 && eligible.quantityMilli >= 5000 && activity.hour < 12',
      base: 'net-of-points',
      effects: [
        { kind: 'award', leg: 'a', asset: 'points', per: 'line', units: 'line.isFocus ? 10 : 1' },
        { kind: 'award', leg: 'b', asset: 'status', per: 'activity', units: 5 },
        { kind: 'award', leg: 'c', asset: 'points', per: 'quantity', stepMilli: 6000, units: 2 },
        {
          kind: 'multiply',
          leg: 'd',
          asset: 'points',
          groups: ['x'],
          percent: 'participant.tier == "a" ? 1 : 2',
        },
        { kind: 'certificate', leg: 'e', name: 'tea', count: 1 },
        { kind: 'draw', leg: 'f', name: 'spring', count: 'eligible.count' },
        { kind: 'message', leg: 'g', texts: { en: 'Well done' } },
      ],
      limits: [{ of: 'rule', per: 'month', value: { minor: 10_000, currency: 'MYR' }, over: 'honour' }],
      stacking: { group: 'x', order: 1, mode: 'exclusive' },
      to: { link: 'referrer' },
      experiment: {
        name: 'x',
        of: 'participant',
        treatmentPercent: 80,
        measure: { of: 'total', currency: 'MYR' },
      },
      expires: { earlier: [{ after: 'P12M', endOf: 'quarter' }, { on: '2030-12-31' }] },
      pending: { until: 'delivery' },
    };
    for (const document of [rich, ...templates.map(({ code }) => made(code))]) {
      expect(readDocument(writeDocument(document))).toEqual(document);
      for (const sentence of read(document, language)) expect(sentence).not.toMatch(/[{}]|admin\.|undefined/);
    }
  });
});

describe('a document under the form', () => {
  test('changes at one place and stays as it is everywhere else, also where nobody knows it', () => {
    const given = { ...packs, somethingNew: { kept: true } } as RuleDocument;
    const changed = withValue(given, 'effects[0].units', 3);
    expect(changed).toEqual({ ...given, effects: [{ ...given.effects[0], units: 3 }] });
    expect(readDocument(writeDocument(changed))).toEqual(changed);
  });

  test('loses what is empty with what is taken out, and no more', () => {
    const audience = withValue(
      withValue(packs, 'scope.audience.tiers', undefined),
      'scope.audience.areas',
      undefined,
    );
    expect(audience.scope.audience).toEqual({ participantKinds: ['seller'] });
    const none = withValue(audience, 'scope.audience.participantKinds', undefined);
    expect(none.scope).toEqual({
      kinds: ['receipt'],
      from: '2018-05-01',
      to: '2018-05-31',
      products: { categories: ['tea'] },
    });
    expect(withValue(packs, 'limits[0]', undefined).limits).toEqual([]);
  });

  test('is no form where it is no rule', () => {
    for (const text of ['', '{', '[]', '{"code":"x"}', '{"code":"x","scope":{},"texts":{}}'])
      expect(readDocument(text)).toBeNull();
    for (const wrong of [
      { expires: 'never' },
      { pending: 3 },
      { effects: [null] },
      { effects: [{ kind: 'multiply', groups: 'base' }] },
      { limits: {} },
      { scope: { kinds: ['receipt'], audience: { tiers: 'gold' } } },
      { goal: { counts: { share: 1 } } },
      { texts: { en: 'Tea' } },
    ])
      expect(readDocument(JSON.stringify({ ...packs, ...wrong })), JSON.stringify(wrong)).toBeNull();
  });
});
