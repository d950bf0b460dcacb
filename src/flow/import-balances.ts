import assert from 'node:assert/strict';

import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { assetsByCodes, type Asset } from '../ledger/accounts.ts';
import { lockBook } from '../ledger/chain.ts';
import { planOpenings, type Opening } from '../ledger/opening.ts';
import { inOpenPeriod } from '../ledger/period.ts';
import { post } from '../ledger/post.ts';
import { noteMembership, participantsNamed, type Participant } from '../network/participants.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import { parseCsv } from '../shared/csv.ts';
import type { TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { isDay, momentAt, wallTime, type Day } from '../shared/time.ts';
import type { Facts, TextKey } from '../../web/texts/say.ts';
import { moveTiers } from './move-tiers.ts';

/** Columns of the file, in any order; the last four may be absent. */
export const columns = [
  'external_key',
  'participant',
  'asset',
  'units',
  'expires_on',
  'earned_on',
  'joined_on',
  'tier',
] as const;
type Column = (typeof columns)[number];
const columnsNeeded: readonly Column[] = ['external_key', 'participant', 'asset', 'units'];

/** Rows of one import, and rows that one transaction books. */
export const rowsMax = 200_000;
const batchMax = 1000;
const keyLengthMax = 200;
const unitsMax = 1_000_000_000_000n;

/** One row as it was given: empty for what is absent. Units are written as people do: 12.50 of an asset with two decimals. */
export type OpeningRow = { line: number } & Record<Column, string>;

/** Why a row was not booked: its line, and a sentence by key. */
export type RowProblem = { line: number; externalKey: string; key: TextKey; facts: Facts };

export type Imported = {
  rows: number;
  imported: number;
  /** Were booked before, with the same content. */
  replayed: number;
  problems: RowProblem[];
  /** Booked now, by asset code. */
  units: Record<string, bigint>;
};

/** The rows of a file, or why it is none. */
export function readBalances(text: string): { ok: true; rows: OpeningRow[] } | Refused<'bad-request'> {
  const [head, ...rows] = parseCsv(text);
  const names = head?.cells.map((name) => name.toLowerCase()) ?? [];
  const missing = columnsNeeded.find((name) => !names.includes(name));
  if (missing) return refuse('bad-request', { field: missing, problem: 'column missing' });
  const unknown = names.find((name) => !(columns as readonly string[]).includes(name));
  if (unknown !== undefined) return refuse('bad-request', { field: unknown, problem: 'unknown column' });
  if (rows.length > rowsMax) return refuse('bad-request', { field: 'rows', problem: `more than ${rowsMax}` });
  const cellOf = (cells: string[], name: Column) => cells[names.indexOf(name)] ?? '';
  return {
    ok: true,
    rows: rows.map(({ line, cells }) => ({
      line,
      ...(Object.fromEntries(columns.map((name) => [name, cellOf(cells, name)])) as Record<Column, string>),
    })),
  };
}

/**
 * Books balances that people bring along from another system, issued by the tenant's programme. A row that is wrong is
 * answered with its reason and does not touch the others; a row that came before, in this file or another, counts once.
 * When the person joined and which tier they had is noted with them.
 */
export async function importBalances(
  db: Db,
  tenant: TenantId,
  rows: readonly OpeningRow[],
  at: Date,
): Promise<Imported> {
  const sum: Imported = { rows: rows.length, imported: 0, replayed: 0, problems: [], units: {} };
  for (let start = 0; start < rows.length; start += batchMax) {
    const batch = rows.slice(start, start + batchMax);
    const done = await withTenant(db, tenant, (tx) => importBatch(tx, batch, at));
    sum.imported += done.imported;
    sum.replayed += done.replayed;
    sum.problems.push(...done.problems);
    for (const [asset, units] of Object.entries(done.units))
      sum.units[asset] = (sum.units[asset] ?? 0n) + units;
  }
  return sum;
}

type Known = {
  programme: Programme;
  today: Day;
  people: ReadonlyMap<string, Participant>;
  assets: ReadonlyMap<string, Asset>;
};

async function importBatch(tx: Tx, rows: readonly OpeningRow[], at: Date): Promise<Omit<Imported, 'rows'>> {
  const known = await readKnown(tx, rows, at);
  if (!known) return { imported: 0, replayed: 0, units: {}, problems: rows.map(withoutProgramme) };
  const problems: RowProblem[] = [];
  const good: { row: OpeningRow; opening: Opening }[] = [];
  for (const row of rows) {
    const problem = problemOf(row, known);
    if (problem) problems.push({ line: row.line, externalKey: row.external_key, ...problem });
    else good.push({ row, opening: openingOf(row, known) });
  }
  const { timeZone, id } = known.programme;
  const dated = good.map(({ opening }) => ({
    ...opening,
    effectiveAt: opening.earnedOn ? momentAt(opening.earnedOn, '00:00', timeZone) : at,
  }));
  const plans = await planOpenings(tx, id, dated, at);
  const transfers = plans.flatMap((plan) => (plan.outcome === 'new' ? plan.transfer : []));
  for (const answer of await post(tx, await inOpenPeriod(tx, transfers), at))
    assert(answer.ok, `an opening balance can be posted: ${JSON.stringify(answer)}`);

  const units: Record<string, bigint> = {};
  const joined: Parameters<typeof noteMembership>[1][number][] = [];
  for (const [i, plan] of plans.entries()) {
    const { row, opening } = good[i]!;
    if (plan.outcome === 'differs')
      problems.push({ line: row.line, externalKey: row.external_key, key: 'opening.key-differs', facts: {} });
    if (plan.outcome !== 'new') continue;
    units[opening.asset] = (units[opening.asset] ?? 0n) + opening.units;
    const { id: participant } = known.people.get(row.participant)!;
    joined.push({ participant, joinedOn: row.joined_on || null, contractOn: null, tier: row.tier || null });
  }
  await lockBook(tx);
  await noteMembership(tx, joined);
  const people = new Set(joined.map(({ participant }) => participant));
  await moveTiers(tx, known.programme, [...people], at);
  const replayed = plans.filter(({ outcome }) => outcome === 'replayed').length;
  problems.sort((one, other) => one.line - other.line);
  return { imported: transfers.length, replayed, problems, units };
}

async function readKnown(tx: Tx, rows: readonly OpeningRow[], at: Date): Promise<Known | null> {
  const [programme] = await listProgrammes(tx);
  if (!programme) return null;
  const assets = await assetsByCodes(tx, [...new Set(rows.map((row) => row.asset))]);
  return {
    programme,
    today: wallTime(at, programme.timeZone).day,
    people: await participantsNamed(
      tx,
      rows.map((row) => row.participant),
    ),
    assets: new Map(assets.map((asset) => [asset.code, asset])),
  };
}

function withoutProgramme({ line, external_key: externalKey }: OpeningRow): RowProblem {
  return { line, externalKey, key: 'refusal.no-programme', facts: {} };
}

function problemOf(row: OpeningRow, { today, people, assets }: Known): { key: TextKey; facts: Facts } | null {
  const missing = columnsNeeded.find((name) => row[name] === '');
  if (missing) return { key: 'opening.missing', facts: { column: missing } };
  if (row.external_key.length > keyLengthMax)
    return { key: 'opening.key-too-long', facts: { count: keyLengthMax } };
  if (!people.has(row.participant))
    return { key: 'opening.unknown-participant', facts: { participant: row.participant } };
  const asset = assets.get(row.asset);
  if (!asset) return { key: 'opening.unknown-asset', facts: { asset: row.asset } };
  if (unitsOf(row.units, asset.scale) === null)
    return { key: 'opening.bad-units', facts: { units: row.units } };
  for (const name of ['expires_on', 'earned_on', 'joined_on'] as const)
    if (row[name] !== '' && !isDay(row[name]))
      return { key: 'opening.bad-day', facts: { column: name, day: row[name] } };
  if (row.expires_on !== '' && row.expires_on < today)
    return { key: 'opening.expired', facts: { date: row.expires_on } };
  if (row.earned_on > today || row.joined_on > today) return { key: 'opening.in-future', facts: {} };
  if (row.tier !== '' && !/^[a-z0-9][a-z0-9:._-]{0,59}$/i.test(row.tier))
    return { key: 'opening.bad-tier', facts: { tier: row.tier } };
  return null;
}

function openingOf(row: OpeningRow, { people, assets }: Known): Opening {
  return {
    externalKey: row.external_key,
    participant: people.get(row.participant)!.id,
    asset: row.asset,
    units: unitsOf(row.units, assets.get(row.asset)!.scale)!,
    expiresOn: row.expires_on || null,
    earnedOn: row.earned_on || null,
  };
}

/** Above zero, with no more decimals than the asset has, as its smallest part; else null. */
function unitsOf(text: string, scale: number): bigint | null {
  const match = /^(\d{1,13})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match || (match[2] ?? '').length > scale) return null;
  const units = BigInt(match[1]! + (match[2] ?? '').padEnd(scale, '0'));
  return units > 0n && units <= unitsMax ? units : null;
}
