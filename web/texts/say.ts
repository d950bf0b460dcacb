import type en from './en.json';

type Plural = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** Every text there is, without its plural ending: `goal.left` stands for `goal.left.one` and `goal.left.other`. */
export type TextKey = keyof typeof en extends infer Key
  ? Key extends `${infer Base}.${Plural}`
    ? Base | Key
    : Key
  : never;

/** A sentence inside a sentence: `{reasons:text}` says it, or several of them one after the other. */
export type Told = { key: string; facts?: Facts };
export type Fact =
  | string
  | number
  | boolean
  | Date
  | { minor: number; currency: string }
  | Told
  | readonly Told[];
export type Facts = { readonly [name: string]: Fact };
export type Say = (key: TextKey, facts?: Facts) => string;

/** Languages that the product speaks, each in its own name. */
export const languages = {
  en: 'English',
  id: 'Bahasa Indonesia',
  hi: 'हिन्दी',
  ru: 'Русский',
  uk: 'Українська',
  pl: 'Polski',
} as const;
export type Language = keyof typeof languages;

// Plain `en` writes American dates; the shops read the day before the month.
export const localeOf = (language: Language): string => (language === 'en' ? 'en-GB' : language);

// A Ukrainian date ends in a full stop, and so does the sentence that ends in a date: one of them is enough.
const doubleStop = /(\p{L})\.\.(?!\.)/gu;
const placeholder = /\{(\w+)(?::(\w+))?\}/g;

/**
 * Makes the function that turns a key into a sentence of one language. `{name}` is replaced by a fact; `{name:money}`,
 * `:date`, `:time`, `:weekday` (of a day that is near), `:percent`, `:signed`, `:milli` (thousandths) and `:text` (another sentence) say how it is written.
 * A fact `count` chooses the plural form. A text that is missing comes from the fallback; a missing key or fact is
 * given to `missing`, which shows it as it stands when nothing else is said.
 */
export function sayIn(
  language: Language,
  texts: Record<string, string>,
  fallback: Record<string, string>,
  missing: (what: string) => string = (what) => what,
): Say {
  const plural = new Intl.PluralRules(localeOf(language));
  const say = (key: string, facts: Facts = {}): string => {
    const ending = typeof facts.count === 'number' ? `.${plural.select(facts.count)}` : '';
    const text = pick(texts, key, ending) ?? pick(fallback, key, ending) ?? missing(key);
    const told = text.replaceAll(placeholder, (all, name: string, form?: string) => {
      const fact = facts[name];
      if (fact === undefined) return missing(all);
      if (form === 'text')
        return [fact as Told | Told[]]
          .flat()
          .map((told) => say(told.key, told.facts))
          .join(' ');
      return write(language, fact as Exclude<Fact, Told | readonly Told[]>, form);
    });
    return told.replace(doubleStop, '$1.');
  };
  return say;
}

function pick(texts: Record<string, string>, key: string, ending: string): string | undefined {
  return texts[key + ending] ?? texts[`${key}.other`] ?? texts[key];
}

function write(language: Language, fact: Exclude<Fact, Told | readonly Told[]>, form?: string): string {
  if (typeof fact === 'object' && 'minor' in fact) return writeMoney(language, fact.minor, fact.currency);
  if (typeof fact === 'boolean') return String(fact);
  if (form === 'date' || form === 'time' || form === 'weekday') return writeDay(language, fact, form);
  if (typeof fact !== 'number') return String(fact);
  return numberFormat(language, form).format(form === 'milli' ? fact / 1000 : fact);
}

// Making a format costs a hundred times as much as using it.
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function keptFormat<Format extends Intl.NumberFormat | Intl.DateTimeFormat>(
  name: string,
  make: () => Format,
): Format {
  let format = formats.get(name);
  if (!format) formats.set(name, (format = make()));
  return format as Format;
}

function numberFormat(language: Language, form?: string): Intl.NumberFormat {
  const name = form === 'percent' || form === 'signed' ? form : 'number';
  return keptFormat(`${language} ${name}`, () => {
    const options = {
      ...(form === 'percent' && { style: 'percent' as const }),
      ...(form === 'signed' && { signDisplay: 'exceptZero' as const }),
    };
    return new Intl.NumberFormat(localeOf(language), options);
  });
}

// A calendar day such as 2018-02-07 belongs to no time zone; a moment is shown in the reader's own.
function writeDay(
  language: Language,
  fact: string | number | Date,
  form: 'date' | 'time' | 'weekday',
): string {
  const isDay = typeof fact === 'string' && fact.length === 10;
  const format = keptFormat(`${language} ${form} ${isDay ? 'of a day' : ''}`, () => {
    const options = {
      ...(form === 'weekday'
        ? ({ weekday: 'short', day: 'numeric', month: 'long' } as const)
        : { dateStyle: 'medium' as const }),
      ...(form === 'time' && { timeStyle: 'short' as const }),
      ...(isDay && { timeZone: 'UTC' }),
    };
    return new Intl.DateTimeFormat(localeOf(language), options);
  });
  return format.format(new Date(fact));
}

/** An amount in the currency's smallest part, with its sign as people write it: 4535 MYR is RM 45.35 in English. */
export function writeMoney(language: Language, minor: number, currency: string): string {
  const format = keptFormat(`${language} money ${currency}`, () => {
    const options = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
    return new Intl.NumberFormat(localeOf(language), options);
  });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
