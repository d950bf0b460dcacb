import { withTenant, type Db, type Tx } from '../../src/db/transact.ts';
import {
  accountId,
  assetId,
  ensureAssets,
  openAccounts,
  type NewAccount,
  type Role,
} from '../../src/ledger/accounts.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import { addParticipants, participantIdOf } from '../../src/network/participants.ts';
import { addPartners } from '../../src/network/partners.ts';
import { eventId, nameId, newId } from '../../src/shared/id.ts';
import type { AccountId, AssetId, Id, TenantId, TransferId } from '../../src/shared/id.ts';
import { day0, type Move } from '../book.ts';
import type { TestDatabase } from '../database.ts';
import { modelBook, type BookModel, type Place } from './book-model.ts';
import type { Again, Command, FollowUp, Fresh, Gift, Import, Refund, TakeBack } from './commands.ts';

export const dayMs = 86_400_000;

type Purse = { owner: Id<string>; available: AccountId; pending: AccountId; debt: AccountId };

/** A claw-back that was asked for. */
export type AskedTakeBack = Pick<TakeBack, 'policy' | 'amount'> & { earning: TransferId; tx: Id<string> };

/** The people and places of one series of commands, its model, and what was asked for so far. */
export type Series = {
  sari: Purse;
  budi: Purse;
  /** One for all series: the account that everybody meets on. */
  issued: AccountId;
  stock: AccountId;
  sold: AccountId;
  model: BookModel;
  asked: NewTransfer[][];
  takeBacks: AskedTakeBack[];
  /** What was imported, by key. */
  imported: Map<number, string>;
};

/** A book with several series in it, and its clock. */
export type World = {
  db: Db;
  tenant: TenantId;
  programme: Id<string>;
  issued: AccountId;
  points: AssetId;
  coffee: AssetId;
  series: Series[];
  now: Date;
  made: number;
  /** How often which answer was given. */
  answers: Map<string, number>;
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
};

/** A tenant in which each series has a Sari, a Budi, a programme that issues points, and the stock of a Toko Maju. */
export async function openWorld({ db }: TestDatabase, width: number): Promise<World> {
  const tenant = newId<TenantId>(day0);
  const points = assetId(tenant, 'points');
  const coffee = assetId(tenant, 'goods:COFFEE');
  const programme = nameId<Id<string>>('proof', tenant, 'programme');
  const accounts: NewAccount[] = [];
  const run = <T>(work: (tx: Tx) => Promise<T>) => withTenant(db, tenant, work);
  const openSeries = (number: number): Series => {
    const places = new Map<AccountId, Place>();
    const ownerOf = (name: string): Id<string> => participantIdOf({ tenant }, `${name}-${number}`);
    const open = (name: string, role: Role, asset = points): AccountId => {
      const owner = role === 'issued' ? programme : ownerOf(name);
      accounts.push({ asset, owner, role });
      const id = accountId(tenant, owner, role, asset);
      places.set(id, { owner, role });
      return id;
    };
    const purse = (name: string): Purse => ({
      owner: ownerOf(name),
      available: open(name, 'available'),
      pending: open(name, 'pending'),
      debt: open(name, 'debt'),
    });
    return {
      sari: purse('sari'),
      budi: purse('budi'),
      issued: open('programme', 'issued'),
      sold: open('programme', 'sold', coffee),
      stock: open('outlet', 'stock', coffee),
      model: modelBook(places),
      asked: [],
      takeBacks: [],
      imported: new Map(),
    };
  };
  const series = Array.from({ length: width }, (_, number) => openSeries(number));
  const names = series.flatMap((_, number) => [`sari-${number}`, `budi-${number}`]);
  await run(async (tx) => {
    await addPartners(tx, [{ code: 'toko-maju', kind: 'retailer', name: 'Toko Maju' }]);
    await addParticipants(
      tx,
      names.map((code) => ({
        code,
        kind: 'seller',
        name: code,
        phone: null,
        language: 'id',
        partner: 'toko-maju',
        outlets: [],
      })),
    );
    await ensureAssets(tx, [
      { code: 'points', kind: 'points', scale: 0 },
      { code: 'goods:COFFEE', kind: 'goods', scale: 3 },
    ]);
    await openAccounts(tx, accounts);
  });
  const [{ issued }] = series as [Series];
  return {
    db,
    tenant,
    programme,
    issued,
    points,
    coffee,
    series,
    now: day0,
    made: 0,
    answers: new Map(),
    run,
  };
}

export function note({ answers }: World, answer: string, times = 1): void {
  answers.set(answer, (answers.get(answer) ?? 0) + times);
}

/** A whole transfer out of a movement in few words. */
export function move(world: World, some: Move): NewTransfer {
  const id = eventId<TransferId>(day0, world.tenant, 'proof', String((world.made += 1)));
  return { id, tx: id, asset: world.points, kind: 'award', effectiveAt: world.now, ...some };
}

/** Commands that the ledger plans itself, on the book as it stands. */
export function isPlanned(command: Command): command is TakeBack | Gift | Import | Refund {
  return ['claw-back', 'gift', 'import', 'refund'].includes(command.what);
}

/** The legs that a command asks to post; none where there is nothing yet that it could refer to. */
export function legsFor(world: World, series: Series, command: Command): NewTransfer[] {
  if (isPlanned(command)) return [];
  if ('sari' in command) return begin(world, series, command);
  if ('how' in command)
    return command.what === 'repeat' ? pick(series.asked, command.ref) : alter(world, series, command);
  return followUp(world, series, command);
}

function begin(world: World, series: Series, command: Fresh): NewTransfer[] {
  const { issued, stock, sold } = series;
  const { what, amount, month, late } = command;
  const [own, other] = command.sari ? [series.sari, series.budi] : [series.budi, series.sari];
  const effectiveAt = new Date(world.now.getTime() - late * dayMs);
  const expiry = month > 0 ? { expiresOn: lastDay(month) } : {};
  switch (what) {
    case 'earn':
      return [move(world, { debit: issued, credit: own.available, amount, effectiveAt, ...expiry })];
    case 'earn-pending':
      return [move(world, { debit: issued, credit: own.pending, amount, effectiveAt, ...expiry })];
    case 'spend':
      return [move(world, { debit: own.available, credit: issued, amount, kind: 'redeem' })];
    case 'hold': {
      const timesOutAt = month > 0 ? { timesOutAt: new Date(world.now.getTime() + month * 4 * dayMs) } : {};
      return [move(world, { debit: own.available, credit: issued, amount, kind: 'hold', ...timesOutAt })];
    }
    case 'sell':
      return [move(world, { debit: stock, credit: sold, amount, kind: 'sale', asset: world.coffee })];
    case 'tip': {
      // It costs the giver a fee: two legs that stand or fall together.
      const tip = move(world, {
        debit: own.available,
        credit: other.available,
        amount,
        kind: 'gift',
        ...expiry,
      });
      const fee = { debit: own.available, credit: issued, amount: 1n };
      return [tip, move(world, { ...fee, kind: 'fee', tx: tip.tx })];
    }
  }
}

export function lastDay(month: number): string {
  return `2017-${String(3 * month).padStart(2, '0')}-28`;
}

function followUp(world: World, series: Series, command: FollowUp): NewTransfer[] {
  const purses = [series.sari, series.budi];
  const fits = ([leg]: NewTransfer[]) => {
    if (command.what === 'reverse') return true;
    if (command.what !== 'activate') return leg!.kind === 'hold';
    return purses.some(({ pending }) => pending === leg!.credit) && !leg!.reverses;
  };
  const [leg] = pick(series.asked.filter(fits), command.ref);
  if (!leg) return [];
  const { debit, credit, asset } = leg;
  const amount = command.all ? leg.amount : command.amount;
  const follow = (kind: 'capture' | 'release', units: bigint, more: { tx?: Id<string> } = {}) =>
    move(world, { debit, credit, asset, amount: units, kind, resolves: leg.id, ...more });
  switch (command.what) {
    case 'capture':
    case 'release':
      return [follow(command.what, amount)];
    case 'settle': {
      const capture = follow('capture', amount);
      const rest = leg.amount - amount;
      return rest > 0n ? [capture, follow('release', rest, { tx: capture.tx })] : [capture];
    }
    case 'activate': {
      const to = purses.find(({ pending }) => pending === credit)!.available;
      const link = { resolves: leg.id, expiresOn: leg.expiresOn };
      return [move(world, { debit: credit, credit: to, amount, kind: 'activate', ...link })];
    }
    case 'reverse': {
      // Units that come back to somebody may get another date.
      const comesBack = purses.some(({ available }) => available === debit) && command.month > 3;
      const expiry = comesBack ? { expiresOn: '2017-12-31' } : {};
      const link = { kind: 'reversal' as const, reverses: leg.id, ...expiry };
      return [move(world, { debit: credit, credit: debit, asset, amount, ...link })];
    }
  }
}

/** The same ids with other content: a bug of the sender, or somebody trying his luck. */
function alter(world: World, series: Series, { ref, how }: Again): NewTransfer[] {
  const legs = pick(series.asked, ref);
  const [first, ...others] = legs;
  if (!first) return [];
  if (how === 'more') {
    const fee = { debit: series.sari.available, credit: series.issued, amount: 1n };
    return [...legs, move(world, { ...fee, kind: 'fee', tx: first.tx })];
  }
  const changes = {
    amount: { amount: first.amount + 1n },
    time: { effectiveAt: new Date(first.effectiveAt.getTime() + 1) },
    tax: { taxClass: 'bonus' },
  };
  return [{ ...first, ...changes[how] }, ...others];
}

function pick(asked: readonly NewTransfer[][], ref: number): NewTransfer[] {
  return asked[ref % asked.length] ?? [];
}
