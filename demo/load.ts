import assert from 'node:assert/strict';

import { addTenant } from '../src/db/directory.ts';
import { withTenant, type Db, type Tx } from '../src/db/transact.ts';
import { accountId, assetId, ensureAssets, openAccounts, type Role } from '../src/ledger/accounts.ts';
import { post } from '../src/ledger/post.ts';
import { addAreas } from '../src/network/areas.ts';
import { addOutlets, outletIdOf } from '../src/network/outlets.ts';
import { addParticipants, participantIdOf } from '../src/network/participants.ts';
import { addPartners } from '../src/network/partners.ts';
import { addProducts } from '../src/network/products.ts';
import { addProgrammes, programmeIdOf, type NewProgramme } from '../src/network/programmes.ts';
import { addStaff } from '../src/network/staff.ts';
import { saveRules } from '../src/rules/save-rule.ts';
import { eventId, type Id, type TransferId } from '../src/shared/id.ts';
import { catalogue } from './catalogue.ts';
import { rulesOfDemo } from './documents.ts';
import {
  areas,
  nusa,
  openingStock,
  other,
  otherWorld,
  outlets,
  participants,
  partners,
  programme,
  staff,
} from './world.ts';

/** When the demo's books were opened: the day before the programme starts. */
const openedAt = new Date('2017-04-30T00:00:00Z');

/** Puts the demo world into the database: both principals. What is there already stays as it is. */
export async function loadDemo(db: Db): Promise<void> {
  await addTenant(db, nusa);
  await withTenant(db, nusa.tenant, loadNusa);
  await addTenant(db, other);
  await withTenant(db, other.tenant, loadOther);
}

/** The world of the fictional principal, in the tenant of the transaction. */
async function loadNusa(tx: Tx): Promise<void> {
  await addProgrammes(tx, [programme]);
  await addAreas(tx, areas);
  await addPartners(tx, partners);
  await addOutlets(tx, outlets);
  await addParticipants(tx, participants);
  await addStaff(tx, staff);
  await addProducts(tx, catalogue);
  await openBooks(
    tx,
    programme,
    participants.map(({ code }) => code),
  );
  await stockShelves(tx);
  const saved = await saveRules(
    tx,
    programmeIdOf(tx, programme.code),
    rulesOfDemo('sales'),
    'demo',
    openedAt,
  );
  assert(
    saved.every(({ ok }) => ok),
    `the rules are in order: ${JSON.stringify(saved)}`,
  );
}

/** The second principal: one person in one shop, and rules of its own. */
async function loadOther(tx: Tx): Promise<void> {
  await addProgrammes(tx, [otherWorld.programme]);
  await addAreas(tx, otherWorld.areas);
  await addPartners(tx, otherWorld.partners);
  await addOutlets(tx, otherWorld.outlets);
  await addParticipants(tx, otherWorld.participants);
  await addStaff(tx, otherWorld.staff);
  await openBooks(
    tx,
    otherWorld.programme,
    otherWorld.participants.map(({ code }) => code),
  );
}

async function openBooks(tx: Tx, { code, currency }: NewProgramme, people: readonly string[]): Promise<void> {
  const [points] = await ensureAssets(tx, [
    { code: 'points', kind: 'points', scale: 0 },
    { code: 'status', kind: 'status', scale: 0 },
    { code: currency, kind: 'money', scale: 2 },
  ]);
  const roles: Role[] = ['available', 'pending', 'debt'];
  await openAccounts(tx, [
    { asset: points!.id, owner: programmeIdOf(tx, code), role: 'issued' },
    ...people.flatMap((person) =>
      roles.map((role) => ({ asset: points!.id, owner: participantIdOf(tx, person), role })),
    ),
  ]);
}

/** Goods come onto the shelves as everything moves: by transfers, whose ids make a second run a replay. */
async function stockShelves(tx: Tx): Promise<void> {
  const owner = programmeIdOf(tx, programme.code);
  await ensureAssets(
    tx,
    catalogue.map(({ sku }) => ({ code: `goods:${sku}`, kind: 'goods', scale: 3 })),
  );
  const deliveries = openingStock.flatMap(({ outlet, categories, pieces }) =>
    catalogue
      .filter(({ category }) => categories.includes(category))
      .map(({ sku }) => ({
        outlet: outletIdOf(tx, outlet),
        asset: assetId(tx.tenant, `goods:${sku}`),
        pieces,
      })),
  );
  await openAccounts(tx, [
    ...catalogue.flatMap(({ sku }) => {
      const asset = assetId(tx.tenant, `goods:${sku}`);
      return [
        { asset, owner, role: 'supplied' as const },
        { asset, owner, role: 'sold' as const },
      ];
    }),
    ...deliveries.map(({ outlet, asset }) => ({ asset, owner: outlet, role: 'stock' as const })),
  ]);
  const posted = await post(
    tx,
    deliveries.map(({ outlet, asset, pieces }) => ({
      id: eventId<TransferId>(openedAt, tx.tenant, 'opening-stock', outlet, asset),
      // A group for each: goods that a later version of the demo adds are stocked too.
      tx: eventId<Id<'tx'>>(openedAt, tx.tenant, 'opening-stock', outlet, asset),
      asset,
      debit: accountId(tx.tenant, owner, 'supplied', asset),
      credit: accountId(tx.tenant, outlet, 'stock', asset),
      amount: BigInt(pieces) * 1000n,
      kind: 'opening',
      effectiveAt: openedAt,
    })),
    new Date(),
  );
  assert(
    posted.every(({ ok }) => ok),
    'the opening stock is booked',
  );
}
