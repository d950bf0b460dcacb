import { expect, test } from 'vitest';

import { languages, localeOf, type Language } from '../../web/texts/say.ts';
import { refusalCodes } from '../shared/refusal.ts';
import { isTextKey, languageOf, text, texts } from './texts.ts';

const all = Object.keys(languages) as Language[];
const endings = ['zero', 'one', 'two', 'few', 'many', 'other'];

/** Base keys of one language; a plural key with the endings that it has. */
function groupsOf(language: Language): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const key of Object.keys(texts[language])) {
    const ending = endings.find((one) => key.endsWith(`.${one}`));
    const base = ending ? key.slice(0, -ending.length - 1) : key;
    groups.set(base, [...(groups.get(base) ?? []), ...(ending ? [ending] : [])]);
  }
  return groups;
}

const placeholdersOf = (sentence: string): string[] => (sentence.match(/\{\w+(:\w+)?\}/g) ?? []).toSorted();

test.each(all)('%s has every key and no other', (language) => {
  const english = groupsOf('en');
  expect(english.size).toBeGreaterThan(100);
  const own = groupsOf(language);
  expect({
    missing: [...english.keys()].filter((key) => !own.has(key)),
    extra: [...own.keys()].filter((key) => !english.has(key)),
  }).toEqual({ missing: [], extra: [] });
});

test.each(all)('%s has exactly the plural forms of its language', (language) => {
  const categories = new Intl.PluralRules(localeOf(language)).resolvedOptions().pluralCategories.toSorted();
  const wrong = [...groupsOf('en')]
    .filter(([, plural]) => plural.length > 0)
    .filter(([base]) => String(groupsOf(language).get(base)?.toSorted()) !== String(categories))
    .map(([base]) => base);
  expect(wrong).toEqual([]);
});

test.each(all)('%s takes the same facts as English in every sentence, and none is empty', (language) => {
  const wrong = Object.entries(texts[language]).filter(([key, sentence]) => {
    const english = texts.en[key] ?? texts.en[key.replace(/\.\w+$/, '.other')];
    return (
      sentence.trim() === '' || String(placeholdersOf(sentence)) !== String(placeholdersOf(english ?? ''))
    );
  });
  expect(wrong).toEqual([]);
});

test('a placeholder is written in one of the known forms', () => {
  const forms = new Set(['money', 'date', 'time', 'weekday', 'percent', 'signed', 'milli', 'text']);
  const unknown = all.flatMap((language) =>
    Object.values(texts[language]).flatMap((sentence) =>
      [...sentence.matchAll(/\{\w+:(\w+)\}/g)]
        .filter((found) => !forms.has(found[1]!))
        .map((found) => found[0]),
    ),
  );
  expect(unknown).toEqual([]);
});

test('every refusal has a sentence', () => {
  expect(refusalCodes.filter((code) => !isTextKey(`refusal.${code}`))).toEqual([]);
});

test.each([
  ['en', 1, 'You earned 1 point for your receipt from Toko Maju. Your balance: 1,240.'],
  ['en', 2, 'You earned 2 points for your receipt from Toko Maju. Your balance: 1,240.'],
  ['id', 1, 'Anda mendapat 1 poin dari struk Toko Maju. Saldo Anda: 1.240.'],
  ['hi', 0, 'Toko Maju की रसीद पर आपको 0 अंक मिला। आपका बैलेंस: 1,240।'],
  ['ru', 21, 'Вы получили 21 балл за чек из магазина Toko Maju. Ваш баланс: 1 240.'],
  ['ru', 3, 'Вы получили 3 балла за чек из магазина Toko Maju. Ваш баланс: 1 240.'],
  ['uk', 5, 'Ви отримали 5 балів за чек із магазину Toko Maju. Ваш баланс: 1 240.'],
  ['pl', 21, 'Masz 21 punktów za paragon ze sklepu Toko Maju. Twoje saldo: 1240.'],
])('%s counts %i points as its grammar says', (language, count, sentence) => {
  const said = text(language, 'message.points-earned', { count, outlet: 'Toko Maju', balance: 1240 });
  expect(said.replaceAll(/[\u00A0\u202F]/g, ' ')).toBe(sentence);
});

test('money, dates and shares are written as the reader writes them', () => {
  const facts = { date: '2016-01-24', startsOn: '2017-05-01', endsOn: '2018-12-31' };
  expect(text('en', 'verification.programme-dates.failed', facts)).toBe(
    'The receipt is dated 24 Jan 2016. The programme runs from 1 May 2017 to 31 Dec 2018.',
  );
  const total = { minor: 18_200, currency: 'MYR' };
  expect(text('pl', 'verification.total-read.ok', { total }).replaceAll(/\s/g, ' ')).toBe(
    'Sumę odczytano: 182,00 RM.',
  );
  expect(text('uk', 'verification.confidence.failed', { confidence: 0.42 }).replaceAll(/\s/g, ' ')).toBe(
    'Фото важко прочитати (певність 42 %).'.replace(' %', '%'),
  );
});

test('a sentence can hold whole sentences', () => {
  const reasons = [{ key: 'verification.date-read.failed' }, { key: 'verification.total-read.failed' }];
  expect(text('en', 'message.needs-review', { reasons })).toBe(
    'A person will check your receipt. We could not read the date. We could not read the total.',
  );
});

test('an unknown key and a missing fact throw', () => {
  expect(() => text('en', 'message.nobody-wrote-this' as 'message.rejected')).toThrow(/nobody-wrote-this/);
  expect(() => text('ru', 'verification.known-outlet.ok', {})).toThrow(/outlet/);
});

test('a language nobody wrote is told in English, a variant in its own language', () => {
  expect(text('fr', 'state.verified')).toBe('Accepted');
  expect(text('uk-UA', 'state.verified')).toBe('Прийнято');
  expect(languageOf('id_ID')).toBe('id');
});
