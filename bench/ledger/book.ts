import type { Db, Tx } from '../../src/db/transact.ts';
import { withTenant } from '../../src/db/transact.ts';
import { accountId, ensureAssets, openAccounts } from '../../src/ledger/accounts.ts';
import type { NewAccount } from '../../src/ledger/accounts.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import { nameId, newId, partId } from '../../src/shared/id.ts';
import type { AccountId, AssetId, Id, ParticipantId, TenantId, TransferId } from '../../src/shared/id.ts';
import { addMonths, endOf } from '../../src/shared/time.ts';
import { seededChance } from '../chance.ts';
import type { Chance } from '../chance.ts';

/** A tenant's book as a programme of points fills it. */
export type Book = {
  tenant: TenantId;
  points: AssetId;
  status: AssetId;
  /** Whose accounts are hot: every award comes from them. */
  programme: Id<'programme'>;
  /** Accounts of the members by number. */
  members: { points: AccountId; status: AccountId }[];
  chance: Chance;
  /** The time in the book; it runs as fast as the bench wants. */
  now: Date;
};

/** A tenant grows in members as well: one for so many transfers (two million outlets have 40 million). */
export const transfersPerMember = 20;

const firstDay = new Date('2017-01-01T00:00:00Z');
const membersAtOnce = 5000;
const hourMs = 3_600_000;
const lateDaysMax = 5;
const unitsMax = 500;

/** A new tenant's book without members. */
export async function openBook(db: Db, seed: number): Promise<Book> {
  const tenant = newId<TenantId>(firstDay);
  const programme = nameId<Id<'programme'>>('bench programme', tenant);
  const assets = await withTenant(db, tenant, async (tx) => {
    const made = await ensureAssets(tx, [
      { code: 'points', kind: 'points', scale: 0 },
      { code: 'status', kind: 'status', scale: 0 },
    ]);
    await openAccounts(
      tx,
      made.map(({ id }) => ({ asset: id, owner: programme, role: 'issued' as const })),
    );
    return made.map(({ id }) => id);
  });
  const [points, status] = assets as [AssetId, AssetId];
  return { tenant, points, status, programme, members: [], chance: seededChance(seed), now: firstDay };
}

/** The member with this number. */
export function memberOf({ tenant }: Book, number: number): ParticipantId {
  return nameId('bench member', tenant, String(number));
}

/** How many members a book with so many transfers has; two at least, so that there are pairs. */
export function membersAt(transfers: number): number {
  return Math.max(2, Math.ceil(transfers / transfersPerMember));
}

/** A hot account of the programme. */
export function issuedOf({ tenant, programme }: Book, asset: AssetId): AccountId {
  return accountId(tenant, programme, 'issued', asset);
}

/** Opens accounts for members until there are so many. Theirs may go below zero, so that any two can trade at any time. */
export async function openMembers(db: Db, book: Book, upTo: number): Promise<void> {
  while (book.members.length < upTo) {
    const first = book.members.length;
    const owners = Array.from({ length: Math.min(membersAtOnce, upTo - first) }, (_, at) =>
      memberOf(book, first + at),
    );
    const wanted = owners.flatMap((owner): NewAccount[] =>
      [book.points, book.status].map((asset) => ({ asset, owner, role: 'available', floor: null })),
    );
    const ids = await withTenant(db, book.tenant, (tx: Tx) => openAccounts(tx, wanted));
    for (let at = 0; at < ids.length; at += 2) book.members.push({ points: ids[at]!, status: ids[at + 1]! });
  }
}

/** Moves the time in the book on and answers it. */
export function passTime(book: Book, milliseconds: number): Date {
  book.now = new Date(book.now.getTime() + milliseconds);
  return book.now;
}

/**
 * Awards for `transfers / 2` activities of random members. Each gives points that expire a year later at the end of the month,
 * and status points that expire at the end of the next year; one in four happened up to five days ago. From the
 * programme's hot accounts, or (`from: 'members'`) from those of another random member.
 */
export function makeAwards(book: Book, transfers: number, from: 'programme' | 'members'): NewTransfer[] {
  const issued = { points: issuedOf(book, book.points), status: issuedOf(book, book.status) };
  const made: NewTransfer[] = [];
  while (made.length < transfers) {
    const [giver, taker] = pickTwo(book);
    made.push(...awardsOfOne(book, from === 'programme' ? issued : giver, taker));
  }
  return made;
}

function pickTwo({ members, chance }: Book): [Book['members'][0], Book['members'][0]] {
  const one = chance(members.length);
  const other = (one + 1 + chance(members.length - 1)) % members.length;
  return [members[one]!, members[other]!];
}

function awardsOfOne(book: Book, giver: Book['members'][0], taker: Book['members'][0]): NewTransfer[] {
  const cause = newId<Id<'activity'>>(book.now);
  const effectiveAt = happenedAt(book);
  const day = effectiveAt.toISOString().slice(0, 10);
  const amount = BigInt(1 + book.chance(unitsMax));
  const leg = (asset: 'points' | 'status', expiresOn: string): NewTransfer => ({
    id: partId<TransferId>(cause, 'award', asset),
    tx: cause,
    asset: book[asset],
    debit: giver[asset],
    credit: taker[asset],
    amount,
    kind: 'award',
    effectiveAt,
    expiresOn,
    cause,
  });
  return [
    leg('points', endOf(addMonths(day, 12), 'month')),
    leg('status', endOf(addMonths(day, 12), 'year')),
  ];
}

function happenedAt({ now, chance }: Book): Date {
  const late = chance(4) === 0 ? chance(24 * lateDaysMax) : 0;
  return new Date(now.getTime() - late * hourMs);
}

/** A random moment between the book's first and its present day. */
export function timeBetween({ now, chance }: Book): Date {
  return new Date(firstDay.getTime() + chance(now.getTime() - firstDay.getTime()));
}
