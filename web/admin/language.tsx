import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import english from '../texts/en.json';
import {
  languages,
  localeOf,
  sayIn,
  writeMoney,
  type Facts,
  type Language,
  type Say,
  type TextKey,
} from '../texts/say.ts';

type Texts = Record<string, string>;
const files = import.meta.glob<Texts>('../texts/*.json', { import: 'default' });
const storedAs = 'mitra.admin.language';

/** How one reader reads: sentences, numbers, money and times in the language chosen. */
export type Reader = {
  language: Language;
  say: Say;
  /** The text of a code that came over the network, or the code itself where no text is known for it. */
  name: (group: string, code: string, facts?: Facts) => string;
  number: (value: number, fractionDigits?: number) => string;
  /** With its sign, also when positive. */
  signed: (value: number) => string;
  percent: (share: number) => string;
  money: (minor: number, currency: string) => string;
  /** An amount without its currency, for a column that says the currency in its header. */
  amount: (minor: number, currency: string) => string;
  /** A calendar day, `2018-02-07`, or the day of a moment. */
  day: (iso: string) => string;
  /** How long something took, in seconds, or in minutes where it took long. */
  duration: (seconds: number) => string;
  /** The time of day to the second, on the reader's clock. */
  clock: (iso: string) => string;
  /** Day and time to the second. */
  moment: (iso: string) => string;
  /** A span of time such as `P3M`, in words. */
  span: (period: string) => string;
  choose: (language: Language) => void;
};

const ReaderContext = createContext<Reader | null>(null);

export function useReader(): Reader {
  const reader = use(ReaderContext);
  if (!reader) throw new Error('useReader needs a LanguageProvider above it');
  return reader;
}

export const useSay = (): Say => useReader().say;

/** The language chosen in this browser, else the browser's own, else English. */
function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(storedAs), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return (wanted.find((code) => code && code in languages) as Language | undefined) ?? 'en';
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [{ language, texts }, setLoaded] = useState({ language: 'en' as Language, texts: english as Texts });
  const load = useCallback(async (code: Language) => {
    const loaded = code === 'en' ? english : await files[`../texts/${code}.json`]?.();
    if (!loaded) return;
    currentLanguage = code;
    setLoaded({ language: code, texts: loaded });
  }, []);
  useEffect(() => void load(preferredLanguage()), [load]);
  useEffect(() => void (document.documentElement.lang = language), [language]);
  const choose = useCallback(
    (code: Language) => {
      localStorage.setItem(storedAs, code);
      void load(code);
    },
    [load],
  );
  const reader = useMemo(() => readerOf(language, texts, choose), [language, texts, choose]);
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

/** How somebody who reads another language would read this page: for texts that are written for others. */
export async function readerIn(language: Language): Promise<Reader> {
  const texts = language === 'en' ? english : await files[`../texts/${language}.json`]!();
  return readerOf(language, texts, () => undefined);
}

let currentLanguage: string = preferredLanguage();
/** What a request says in Accept-Language: the server writes its sentences in it. */
export const acceptLanguage = (): string => currentLanguage;

function readerOf(language: Language, texts: Texts, choose: Reader['choose']): Reader {
  const locale = localeOf(language);
  const say = sayIn(language, texts, english);
  const moments = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, options);
    return (iso: string) => format.format(new Date(iso));
  };
  const moment = moments({ dateStyle: 'medium', timeStyle: 'medium' });
  const localDay = moments({ dateStyle: 'medium' });
  // A calendar day belongs to no time zone.
  const calendarDay = moments({ dateStyle: 'medium', timeZone: 'UTC' });
  return {
    language,
    say,
    name: (group, code, facts) =>
      isKnown(`${group}.${code}`) ? say(`${group}.${code}` as TextKey, facts) : code,
    number: (value, fractionDigits = 0) =>
      new Intl.NumberFormat(locale, {
        minimumFractionDigits: fractionDigits,
        maximumFractionDigits: fractionDigits,
      }).format(value),
    signed: (value) =>
      new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' }).format(value).replace('-', '−'),
    percent: (share) => new Intl.NumberFormat(locale, { style: 'percent' }).format(share),
    money: (minor, currency) => writeMoney(language, minor, currency),
    amount: (minor, currency) => {
      const digits = decimalsOf(currency);
      return new Intl.NumberFormat(locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(minor / 10 ** digits);
    },
    day: (iso) => (iso.length === 10 ? calendarDay(iso) : localDay(iso)),
    duration: (seconds) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: seconds < 120 ? 'second' : 'minute',
        unitDisplay: 'narrow',
        maximumFractionDigits: seconds < 120 ? 1 : 0,
      }).format(seconds < 120 ? seconds : seconds / 60),
    clock: moments({ timeStyle: 'medium' }),
    moment,
    span: (period) => {
      const unit = spanUnits[period.at(-1)!] ?? 'day';
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
        Number(period.slice(1, -1)),
      );
    },
    choose,
  };
}

const spanUnits: Record<string, string> = { D: 'day', W: 'week', M: 'month', Y: 'year' };

const isKnown = (key: string): boolean => key in english;

/** How many decimals a currency is written with: 2 for MYR, 0 for JPY. */
export function decimalsOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

export { languages };
export type { Facts, Language, TextKey };
