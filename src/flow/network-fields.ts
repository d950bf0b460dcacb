import { z } from 'zod';
import { isStorable } from '../activity/kinds.ts';
import { participantKinds } from '../network/participants.ts';
import { partnerKinds } from '../network/partners.ts';
import { staffRoles } from '../network/staff.ts';
import { isCurrency } from '../shared/money.ts';
import type { Facts, TextKey } from '../../web/texts/say.ts';

/** What can be brought in, in the order in which one needs the other. */
export const networkKinds = ['areas', 'partners', 'outlets', 'participants', 'products', 'staff'] as const;
export type NetworkKind = (typeof networkKinds)[number];

/** What a field holds once it is in order. */
export type Value = string | number | boolean | null | readonly string[];

type Field = {
  is: 'text' | 'number' | 'flag' | 'list';
  /** Of the text or of each in a list; of the number. */
  max: number;
  min?: number;
  /** What a text must look like, and what is said of one that does not. */
  pattern?: { fits: (text: string) => boolean; key: TextKey };
  isLowerCase?: boolean;
  choices?: readonly string[];
  /** It is the code of something that must be there. */
  of?: 'partner' | 'area' | 'outlet';
  /** What holds of something new where nothing is said; without it the field is needed. */
  otherwise?: Value;
};

const codeMax = 60;
const nameMax = 120;
const addressMax = 240;
/** Outlets that one person acts for, names that shops print for one product. */
const listMax = 200;
const priceMinorMax = 1_000_000_000_000;

// The same as in rules, which name these codes.
const isCode = (text: string) => /^[a-z0-9][a-z0-9:._-]{0,59}$/i.test(text);
const isPhone = (text: string) => /^\+[1-9]\d{6,14}$/.test(text);
const isEmail = (text: string) => z.email().max(200).safeParse(text).success;
const isLanguage = (text: string) => /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(text);

const code = { is: 'text', max: nameMax, pattern: { fits: isCode, key: 'import.bad-code' } } as const;
const name = { is: 'text', max: nameMax } as const;
const language = {
  is: 'text',
  max: codeMax,
  pattern: { fits: isLanguage, key: 'import.bad-language' },
  otherwise: 'en',
} as const;
const word = { is: 'text', max: codeMax } as const;

/** The fields of each kind; the first one is what a row is known by. */
export const networkFields: Record<NetworkKind, Record<string, Field>> = {
  areas: { code, name, parent: { ...code, of: 'area', otherwise: null } },
  partners: { code, name, kind: { ...word, choices: partnerKinds } },
  outlets: {
    code,
    name,
    address: { is: 'text', max: addressMax, otherwise: '' },
    partner: { ...code, of: 'partner' },
    distributor: { ...code, of: 'partner', otherwise: null },
    area: { ...code, of: 'area' },
    channel: { ...word, otherwise: 'general-trade' },
    latitude: { is: 'number', min: -90, max: 90, otherwise: null },
    longitude: { is: 'number', min: -180, max: 180, otherwise: null },
  },
  participants: {
    code,
    name,
    kind: { ...word, choices: participantKinds },
    phone: { ...word, pattern: { fits: isPhone, key: 'import.bad-phone' }, otherwise: null },
    language,
    partner: { ...code, of: 'partner' },
    outlets: { ...code, is: 'list', of: 'outlet', otherwise: [] },
  },
  products: {
    sku: word,
    name,
    brand: word,
    category: word,
    isFocus: { is: 'flag', max: 1, otherwise: false },
    aliases: { is: 'list', max: nameMax, otherwise: [] },
    listPriceMinor: { is: 'number', min: 1, max: priceMinorMax, otherwise: null },
    currency: { ...word, pattern: { fits: isCurrency, key: 'import.bad-currency' } },
  },
  staff: {
    code,
    name,
    email: { is: 'text', max: 200, pattern: { fits: isEmail, key: 'import.bad-email' }, isLowerCase: true },
    role: { ...word, choices: staffRoles },
    language,
  },
};

/** What is wrong with a row: the field, and a sentence by key. */
export type FieldProblem = { field: string; key: TextKey; facts: Facts };

/** A row as it was given, by field: what is absent stays as it is, what is empty (null, '') is emptied. */
export type GivenValues = { readonly [field: string]: unknown };

/** The fields of a row that were given, in order, or the first problem. Pure; of what else is there it knows nothing. */
export function checkFields(kind: NetworkKind, given: GivenValues): Record<string, Value> | FieldProblem {
  const read: Record<string, Value> = {};
  for (const [field, how] of Object.entries(networkFields[kind])) {
    const value = given[field];
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value.trim() : value;
    const plain = how.isLowerCase && typeof text === 'string' ? text.toLowerCase() : text;
    if (plain === null || plain === '') {
      if (how.otherwise === undefined) return missing(field);
      read[field] = how.otherwise;
      continue;
    }
    const problem = problemOf(plain, how);
    if (problem) return { field, ...problem, facts: { field, ...problem.facts } };
    read[field] = how.is === 'list' ? [...new Set(plain as string[])] : (plain as Value);
  }
  return read;
}

/** What is said of a field that is needed and empty. */
export const missing = (field: string): FieldProblem => ({ field, key: 'import.missing', facts: { field } });

type Problem = { key: TextKey; facts: Facts } | null;

function problemOf(value: unknown, how: Field): Problem {
  if (how.is === 'flag')
    return typeof value === 'boolean' ? null : { key: 'import.bad-flag', facts: { value: shown(value) } };
  if (how.is === 'number') return isNumber(value, how) ? null : numberProblem(value, how);
  if (how.is === 'text') return textProblem(value, how);
  if (!Array.isArray(value) || value.length > listMax)
    return { key: 'import.bad-list', facts: { most: listMax } };
  for (const one of value) {
    const problem = one === '' ? { key: 'import.missing' as const, facts: {} } : textProblem(one, how);
    if (problem) return problem;
  }
  return null;
}

function textProblem(value: unknown, { max, pattern, choices }: Field): Problem {
  if (typeof value !== 'string' || !isStorable(value) || /\p{Cc}|[\u2028\u2029]/u.test(value))
    return { key: 'import.bad-text', facts: {} };
  if (value.length > max) return { key: 'import.too-long', facts: { most: max } };
  if (choices && !choices.includes(value))
    return { key: 'import.not-one-of', facts: { value, choices: choices.join(', ') } };
  return pattern && !pattern.fits(value) ? { key: pattern.key, facts: { value } } : null;
}

// Prices are whole; degrees need not be.
function isNumber(value: unknown, { min = 0, max }: Field): boolean {
  if (typeof value !== 'number' || !(value >= min && value <= max)) return false;
  return min < 0 || Number.isInteger(value);
}

function numberProblem(value: unknown, { min = 0, max }: Field): Problem {
  const key = min < 0 ? 'import.bad-degrees' : 'import.bad-amount';
  return { key, facts: { value: shown(value), from: min, to: max } };
}

/** Long and odd values are not repeated as they are: answers are kept, and the database keeps no odd ones. */
export function shown(value: unknown): string {
  return String(value)
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, codeMax)
    .toWellFormed();
}
