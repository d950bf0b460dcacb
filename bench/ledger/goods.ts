import type { Db } from '../../src/db/transact.ts';
import { withTenant } from '../../src/db/transact.ts';
import { openClient } from '../../src/db/connect.ts';
import { assetId, ensureAssets, openAccounts } from '../../src/ledger/accounts.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import { nameId, newId, partId } from '../../src/shared/id.ts';
import type { AccountId, Id, OutletId, TransferId } from '../../src/shared/id.ts';
import type { Figures } from '../document.ts';
import { interleave, speedRatio } from '../rounds.ts';
import { withDb } from '../scratch.ts';
import type { Base, Scratch } from '../scratch.ts';
import { makeAwards, membersAt, openBook, openMembers, passTime } from './book.ts';
import type { Book } from './book.ts';
import { batchSizes } from './peers.ts';
import { settle } from './size.ts';
import { inBatches, postInto } from './posting.ts';
import { readInTurn, slowerBy } from './reads.ts';
import type { ReadName } from './reads.ts';

/** Transfers of goods for each of points. */
export const goodsPerPoint = 10;

const skus = 20;
const outletsPerMember = 0.5;
const batchMs = 3_600_000;
const read: readonly ReadName[] = ['memberBalance', 'memberStatement', 'memberAsOfPosted'];

/**
 * Do goods burden points? Two databases get the same points; one gets ten times as many transfers of goods in the same
 * tables. Then points are posted to and read from both in turn.
 */
export async function measureGoods(
  scratch: Scratch,
  { points, rounds, seconds }: { points: number; rounds: number; seconds: number },
): Promise<Figures> {
  const [alone, beside] = [await scratch.create(), await scratch.create()];
  const figures = await withDb(alone, (one) =>
    withDb(beside, async (other) => {
      const small = { db: one, book: await fillBook(one, points, 0) };
      const large = { db: other, book: await fillBook(other, points, goodsPerPoint) };
      await settle(alone);
      await settle(beside);
      const slices = await interleave(
        { alone: await posting(alone, small), beside: await posting(beside, large) },
        { rounds, seconds },
      );
      const times = await readInTurn({ small, large }, read, { rounds, seconds: seconds / 4 });
      return {
        postingSpeed: speedRatio(slices.beside, slices.alone),
        ...Object.fromEntries(
          read.map((name) => [`${name}Slower`, slowerBy(times.large[name], times.small[name])]),
        ),
      };
    }),
  );
  await scratch.drop(alone);
  await scratch.drop(beside);
  return figures;
}

async function posting(base: Base, { db, book }: { db: Db; book: Book }) {
  const meter = await openClient(base.logins.admin);
  const candidate = inBatches(book, { size: batchSizes.usual, from: 'programme' }, postInto(db, book), meter);
  return async (seconds: number) => candidate(seconds);
}

async function fillBook(db: Db, points: number, goodsPerPoint: number): Promise<Book> {
  const book = await openBook(db, 3);
  await openMembers(db, book, membersAt(points));
  const shelves = goodsPerPoint > 0 ? await openShelves(db, book) : [];
  const write = postInto(db, book);
  for (let count = 0; count < points; count += batchSizes.usual) {
    const size = Math.min(batchSizes.usual, points - count);
    await write(makeAwards(book, size, 'programme'), passTime(book, batchMs));
    for (let more = 0; more < goodsPerPoint; more++)
      await write(makeSales(book, shelves, size), passTime(book, batchMs));
  }
  return book;
}

/** The goods of one kind in one outlet. */
type Shelf = { asset: NewTransfer['asset']; stock: AccountId; sold: AccountId };

async function openShelves(db: Db, book: Book): Promise<Shelf[]> {
  const codes = Array.from({ length: skus }, (_, sku) => `goods:${sku}`);
  const outlets = Array.from({ length: Math.ceil(book.members.length * outletsPerMember) }, (_, outlet) =>
    nameId<OutletId>('bench outlet', book.tenant, String(outlet)),
  );
  return withTenant(db, book.tenant, async (tx) => {
    await ensureAssets(
      tx,
      codes.map((code) => ({ code, kind: 'goods', scale: 3 })),
    );
    const shelves: Shelf[] = [];
    for (const code of codes) {
      const asset = assetId(book.tenant, code);
      const [sold, ...stocks] = await openAccounts(tx, [
        { asset, owner: book.programme, role: 'sold' },
        ...outlets.map((owner) => ({ asset, owner, role: 'stock' as const })),
      ]);
      shelves.push(...stocks.map((stock) => ({ asset, stock, sold: sold! })));
    }
    return shelves;
  });
}

function makeSales(book: Book, shelves: readonly Shelf[], transfers: number): NewTransfer[] {
  return Array.from({ length: transfers }, () => {
    const { asset, stock, sold } = shelves[book.chance(shelves.length)]!;
    const cause = newId<Id<'activity'>>(book.now);
    return {
      id: partId<TransferId>(cause, 'sell-out'),
      tx: cause,
      asset,
      debit: stock,
      credit: sold,
      amount: BigInt(1000 * (1 + book.chance(10))),
      kind: 'sell-out',
      effectiveAt: book.now,
      cause,
    };
  });
}
