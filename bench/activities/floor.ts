import { withClient } from '../../src/db/connect.ts';
import { withTenant, type Db } from '../../src/db/transact.ts';
import type { GivenActivity } from '../../src/flow/receive-activities.ts';
import { outletIdOf } from '../../src/network/outlets.ts';
import { participantIdOf } from '../../src/network/participants.ts';
import { productIdOf } from '../../src/network/products.ts';
import { programmeIdOf } from '../../src/network/programmes.ts';
import { eventId, type ActivityId } from '../../src/shared/id.ts';
import type { Base } from '../scratch.ts';
import { programmeCode, tenant } from './network.ts';

/** Twins of the activities' tables: the same columns, checks and indexes, and nobody to refer to. */
export async function makeFloor(base: Base): Promise<void> {
  await withClient(base.logins.admin, async (client) => {
    await client.query('create schema floor; grant usage on schema floor to mitra_app');
    for (const table of ['activity', 'activity_line'])
      await client.query(
        `create table floor.${table} (like ${table} including all); grant select, insert on floor.${table} to mitra_app`,
      );
  });
}

/** Inserts the rows of these activities and their lines, and nothing else, and commits: no one can be faster than this. */
export async function insertOnly(db: Db, sales: readonly GivenActivity[], at: Date): Promise<void> {
  const programme = programmeIdOf({ tenant }, programmeCode);
  const digest = `\\x${'00'.repeat(32)}`;
  const heads = sales.map((sale) => ({
    ...sale,
    id: eventId<ActivityId>(at, tenant, 'floor', sale.externalKey),
  }));
  const lines = heads.flatMap(({ id, lines: own }) => own.map((line) => ({ id, ...line })));
  await withTenant(db, tenant, async (tx) => {
    await tx.query(
      `insert into floor.activity (tenant, recorded_at, programme, version, digest, id, kind, participant, outlet,
         occurred_at, currency, total_minor)
       select $1, $2, $3, 1, $4::bytea, h.* from unnest($5::uuid[], $6::text[], $7::uuid[], $8::uuid[], $9::timestamptz[],
         $10::text[], $11::bigint[]) h`,
      [
        tenant,
        at,
        programme,
        digest,
        heads.map(({ id }) => id),
        heads.map(({ kind }) => kind),
        heads.map(({ participant }) => participantIdOf({ tenant }, participant)),
        heads.map(({ outlet }) => outletIdOf({ tenant }, outlet)),
        heads.map(({ occurredAt }) => occurredAt.toISOString()),
        heads.map(() => 'IDR'),
        heads.map(({ totalMinor }) => totalMinor),
      ],
      { name: 'floor-activity' },
    );
    await tx.query(
      `insert into floor.activity_line (tenant, version, activity, line, text, product, sku, quantity_milli, amount_minor)
       select $1, 1, l.* from unnest($2::uuid[], $3::integer[], $4::text[], $5::uuid[], $6::text[], $7::bigint[],
         $8::bigint[]) l`,
      [
        tenant,
        lines.map(({ id }) => id),
        lines.map(({ line }) => line),
        lines.map(({ text }) => text),
        lines.map(({ sku }) => productIdOf({ tenant }, sku!)),
        lines.map(({ sku }) => sku),
        lines.map(({ quantityMilli }) => quantityMilli),
        lines.map(({ amountMinor }) => amountMinor),
      ],
      { name: 'floor-activity-line' },
    );
  });
}
