import { computed, signal } from '@preact/signals';
import {
  languages,
  localeOf,
  sayIn,
  writeMoney,
  type Facts,
  type Language,
  type TextKey,
} from '../texts/say.ts';

/** Keys of which the phone has the sentences: its own, and the names of the states. */
export type Key = Extract<TextKey, `partner.${string}` | `state.${string}`>;

const files = import.meta.glob<{ default: Record<string, string> }>('../texts/*.json');
const chosen = 'mitra.language';

export const language = signal<Language>('en');
const sentences = signal<Record<string, string>>({});
const say = computed(() => sayIn(language.value, sentences.value, {}));

/** The sentence in the reader's language, with its facts put in. */
export const t = (key: Key, facts?: Facts): string => say.value(key, facts);

const isLanguage = (code: string | null | undefined): code is Language => Boolean(code && code in languages);

/** The language chosen on this phone, else the person's own, else the phone's, else English. */
export function preferredLanguage(own?: string): Language {
  const candidates = [
    localStorage.getItem(chosen),
    own,
    ...navigator.languages.map((code) => code.slice(0, 2)),
  ];
  return candidates.find(isLanguage) ?? 'en';
}

/** Loads the sentences and says every screen anew in them. Keeps the language of before when loading fails. */
export async function speak(code: Language): Promise<void> {
  const loaded = await files[`../texts/${code}.json`]?.().catch(() => null);
  if (!loaded) return;
  sentences.value = loaded.default;
  language.value = code;
  document.documentElement.lang = code;
}

/** Remembers the choice on this phone; null forgets it. */
export function rememberLanguage(code: Language | null): void {
  if (code) localStorage.setItem(chosen, code);
  else localStorage.removeItem(chosen);
}

const locale = computed(() => localeOf(language.value));

export const number = (value: number): string => new Intl.NumberFormat(locale.value).format(value);

/** With its sign, also when positive; a true minus, not a hyphen. */
export function signed(value: number): string {
  return new Intl.NumberFormat(locale.value, { signDisplay: 'exceptZero' }).format(value).replace('-', '−');
}

export const percent = (whole: number): string =>
  new Intl.NumberFormat(locale.value, { style: 'percent' }).format(whole / 100);

/** An amount of what a goal or a discount counts: thousandths of a piece, hundredths of a percent, money, or a number. */
export function amount(
  value: number,
  { counts, currency }: { counts: string; currency: string | null },
): string {
  if (currency) return money(value, currency);
  if (counts === 'share') return percent(value / 100);
  return number(counts === 'quantity' ? value / 1000 : value);
}

/** `minor` in the smallest part of the currency. */
export const money = (minor: number, currency: string): string => writeMoney(language.value, minor, currency);

/** A point in time on the phone's own clock, as short as it is clear: the hour today, the day this year. */
export function moment(iso: string): string {
  const [at, now] = [new Date(iso), new Date()];
  if (at.toDateString() === now.toDateString())
    return at.toLocaleTimeString(locale.value, { timeStyle: 'short' });
  if (at.getFullYear() !== now.getFullYear()) return day(iso);
  return at.toLocaleDateString(locale.value, { day: 'numeric', month: 'short' });
}

export function exactMoment(iso: string): string {
  return new Date(iso).toLocaleString(locale.value, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A date as printed (`2018-03-21`), which has no time zone, or the day of a point in time. */
export function day(iso: string): string {
  const timeZone = iso.length === 10 ? { timeZone: 'UTC' } : {};
  return new Date(iso).toLocaleDateString(locale.value, { dateStyle: 'medium', ...timeZone });
}
