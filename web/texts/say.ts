import type en from './en.json';

type Plural = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** Every text there is, without its plural ending: `goal.left` stands for `goal.left.one` and `goal.left.other`. */
export type TextKey = keyof typeof en extends infer Key
  ? Key extends `${infer Base}.${Plural}`
    ? Base | Key
    : Key
  : never;

export type Fact = string | number | Date | { minor: number; currency: string };
export type Facts = Record<string, Fact>;
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

/**
 * Makes the function that turns a key into a sentence of one language. `{name}` is replaced by a fact; `{name:money}`,
 * `:date`, `:percent` and `:signed` say how it is written. A fact `count` chooses the plural form. A text that is
 * missing comes from the fallback, and a missing key shows itself.
 */
export function sayIn(
  language: Language,
  texts: Record<string, string>,
  fallback: Record<string, string>,
): Say {
  const plural = new Intl.PluralRules(language);
  return (key, facts = {}) => {
    const ending = typeof facts.count === 'number' ? `.${plural.select(facts.count)}` : '';
    const text = pick(texts, key, ending) ?? pick(fallback, key, ending) ?? key;
    return text.replaceAll(/\{(\w+)(?::(\w+))?\}/g, (all, name: string, form?: string) => {
      const fact = facts[name];
      return fact === undefined ? all : write(language, fact, form);
    });
  };
}

function pick(texts: Record<string, string>, key: string, ending: string): string | undefined {
  return texts[key + ending] ?? texts[`${key}.other`] ?? texts[key];
}

function write(language: Language, fact: Fact, form?: string): string {
  if (typeof fact === 'object' && 'minor' in fact) return writeMoney(language, fact.minor, fact.currency);
  if (form === 'date') return writeDay(language, fact);
  if (typeof fact !== 'number') return String(fact);
  if (form === 'percent') return new Intl.NumberFormat(language, { style: 'percent' }).format(fact);
  return new Intl.NumberFormat(language, form === 'signed' ? { signDisplay: 'exceptZero' } : {}).format(fact);
}

// A calendar day such as 2018-02-07 belongs to no time zone; a moment is shown in the reader's own.
function writeDay(language: Language, fact: string | number | Date): string {
  const isDay = typeof fact === 'string' && fact.length === 10;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', ...(isDay && { timeZone: 'UTC' }) }).format(
    new Date(fact),
  );
}

/** An amount in the currency's smallest part, with its sign as people write it: 4535 MYR is RM 45.35 in English. */
export function writeMoney(language: Language, minor: number, currency: string): string {
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
