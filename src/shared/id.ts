import { hash, randomBytes } from 'node:crypto';

/** A UUID that says in the type what it identifies. */
export type Id<Of extends string> = string & { readonly of: Of };

export type TenantId = Id<'tenant'>;
export type ProgrammeId = Id<'programme'>;
export type PartnerId = Id<'partner'>;
export type OutletId = Id<'outlet'>;
export type AreaId = Id<'area'>;
export type ParticipantId = Id<'participant'>;
export type StaffId = Id<'staff'>;
export type ProductId = Id<'product'>;
export type EvidenceId = Id<'evidence'>;
export type ActivityId = Id<'activity'>;
export type RuleId = Id<'rule'>;
export type AssetId = Id<'asset'>;
export type AccountId = Id<'account'>;
export type TransferId = Id<'transfer'>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a lower-case UUID in text form; anything else must not reach the database. */
export function isId<T extends Id<string>>(text: unknown): text is T {
  return typeof text === 'string' && uuidPattern.test(text);
}

/** A new time-ordered id (UUID version 7, RFC 9562): 48 bits of milliseconds, then random bits. */
export function newId<T extends Id<string>>(at: Date): T {
  return stamp(randomBytes(16).toString('hex'), at, 7) as T;
}

/**
 * The id of something that happened, made from what happened (UUID version 8): the same parts and time give the
 * same id for ever, so the id is the idempotency key. `recordedAt` must be the time first recorded for the external
 * key and never the time in the message at hand: a source that resends with another time must get the same id.
 */
export function eventId<T extends Id<string>>(recordedAt: Date, ...parts: readonly string[]): T {
  return stamp(digest(parts), recordedAt, 8) as T;
}

/** `eventId` of one of several that are recorded together: of one millisecond they sort by their place, up to the 4096th. */
export function placedEventId<T extends Id<string>>(
  recordedAt: Date,
  place: number,
  ...parts: readonly string[]
): T {
  const hex = digest(parts);
  const placed = Math.min(place, 0xfff).toString(16).padStart(4, '0');
  return stamp(hex.slice(0, 12) + placed + hex.slice(16), recordedAt, 8) as T;
}

/**
 * The id of a part of something, such as a leg of what an activity caused: it begins as that does (its first four groups,
 * marked version 8), and 48 bits of SHA-256 over the whole and the parts name it among its siblings. So it has the same time
 * part, the same parts give the same id for ever, and all parts of one thing lie between `partsOf` of it.
 */
export function partId<T extends Id<string>>(of: Id<string>, ...parts: readonly string[]): T {
  return (beginningOf(of) + digest([of, ...parts]).slice(0, 12)) as T;
}

/** The lowest and the highest id that a part of this can have. */
export function partsOf<T extends Id<string>>(of: Id<string>): { lowest: T; highest: T } {
  const beginning = beginningOf(of);
  return { lowest: `${beginning}000000000000` as T, highest: `${beginning}ffffffffffff` as T };
}

/** True when the id was made by `partId` of this. */
export function isPartOf(id: Id<string>, of: Id<string>): boolean {
  return id.startsWith(beginningOf(of));
}

function beginningOf(id: Id<string>): string {
  return `${id.slice(0, 14)}8${id.slice(15, 24)}`;
}

/** The id of a thing known by its name (UUID version 8 without a time part), such as an account of (owner, role, asset). */
export function nameId<T extends Id<string>>(...parts: readonly string[]): T {
  return format(digest(parts), 8) as T;
}

/** The time part of an id made by `newId` or `eventId`. */
export function timeOf(id: Id<string>): Date {
  return new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16));
}

/** Below every id made by `newId` or `eventId` of this moment or later. */
export function lowestIdAt(at: Date): Id<string> {
  return stamp('0'.repeat(32), at, 7) as Id<string>;
}

// In hexadecimal digits: a buffer of its own for each would cost twice the hashing.
// The unit separator cannot occur in ids or codes, so ['a','b'] and ['a\x1fb'] cannot meet in practice;
// the length prefix makes it impossible in principle.
function digest(parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part)}\x1f${part}\x1f`;
  return hash('sha256', text, 'hex');
}

// The first 48 bits are the time.
function stamp(hex: string, at: Date, version: 7 | 8): string {
  return format(at.getTime().toString(16).padStart(12, '0') + hex.slice(12), version);
}

/** 128 bits as a UUID of this version and of the variant of RFC 9562. */
function format(hex: string, version: 7 | 8): string {
  const variant = (Number.parseInt(hex[16]!, 16) & 3) | 8;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant.toString(16)}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
