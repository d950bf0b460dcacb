import type { Tx } from '../db/transact.ts';
import { addAreas, type NewArea } from '../network/areas.ts';
import { addOutlets } from '../network/outlets.ts';
import { addParticipants } from '../network/participants.ts';
import { addPartners } from '../network/partners.ts';
import { addProducts } from '../network/products.ts';
import { addStaff } from '../network/staff.ts';
import {
  areaRows,
  changeAreas,
  changeOutlets,
  changeParticipants,
  changePartners,
  changeProducts,
  changeStaff,
  codesKnown,
  lockNetwork,
  outletRows,
  participantRows,
  partnerRows,
  productRows,
  staffRows,
} from '../network/rows.ts';
import { canonicalJson } from '../shared/canonical.ts';
import type { TextKey } from '../../web/texts/say.ts';
import {
  checkFields,
  missing,
  networkFields,
  shown,
  type FieldProblem,
  type GivenValues,
  type NetworkKind,
  type Value,
} from './network-fields.ts';

/** What became of a row, known by its code (of products the SKU; empty where none can be read). */
export type RowDone = { code: string } & (
  | { outcome: 'created' | 'updated' | 'unchanged' }
  | ({ outcome: 'refused' } & FieldProblem)
);

type Row = Record<string, Value>;
/** How rows of a kind are read and written; they are in order when they are written. */
type Store = {
  read(tx: Tx, codes: readonly string[]): Promise<Row[]>;
  add(tx: Tx, rows: Row[]): Promise<void>;
  change(tx: Tx, rows: Row[]): Promise<void>;
};

// The fields of a kind are those of its type, which `networkFields` says once more for checking.
const storeOf = <T>(
  read: (tx: Tx, codes: readonly string[]) => Promise<readonly T[]>,
  add: (tx: Tx, rows: readonly T[]) => Promise<void>,
  change: (tx: Tx, rows: readonly T[]) => Promise<void>,
): Store => ({
  read: async (tx, codes) => (await read(tx, codes)) as unknown as Row[],
  add: (tx, rows) => add(tx, rows as unknown as T[]),
  change: (tx, rows) => change(tx, rows as unknown as T[]),
});

const stores: Record<NetworkKind, Store> = {
  areas: storeOf(areaRows, addAreas, changeAreas),
  partners: storeOf(partnerRows, addPartners, changePartners),
  outlets: storeOf(outletRows, addOutlets, changeOutlets),
  participants: storeOf((tx, codes) => participantRows(tx, codes), addParticipants, changeParticipants),
  products: storeOf(productRows, addProducts, changeProducts),
  staff: storeOf((tx, codes) => staffRows(tx, codes), addStaff, changeStaff),
};

/** The areas around one, at most. */
const depthMax = 40;

/**
 * Brings areas, partners, outlets, participants, products or staff into the tenant, and answers each row in order. A row whose code
 * is there already changes what it says and leaves the rest; the same again changes nothing. A row that is wrong is
 * refused by itself. `seen` are codes of earlier rows of the same list, to which these are added.
 */
export async function importNetwork(
  tx: Tx,
  kind: NetworkKind,
  given: readonly GivenValues[],
  seen = new Set<string>(),
): Promise<RowDone[]> {
  await lockNetwork(tx);
  const key = Object.keys(networkFields[kind])[0]!;
  const rows = given.map((values) => checkRow(kind, key, values, seen));
  const codes = rows.filter(({ problem }) => !problem).map(({ code }) => code);
  const before = new Map((await stores[kind].read(tx, codes)).map((row) => [row[key] as string, row]));
  for (const row of rows) if (!row.problem) complete(kind, row, before.get(row.code));
  await refuseUnknown(tx, kind, rows);
  if (kind === 'areas') refuseLoops(rows, [...before.values()] as unknown as NewArea[]);
  if (kind === 'participants') {
    const people = await participantRows(tx, [], allNamed(rows, 'phone'));
    refuseTaken(rows, 'phone', 'import.phone-taken', new Map(people.map((one) => [one.phone!, one.code])));
  }
  if (kind === 'staff') {
    const people = await staffRows(tx, [], allNamed(rows, 'email'));
    refuseTaken(rows, 'email', 'import.email-taken', new Map(people.map((one) => [one.email, one.code])));
  }

  const done = rows.map(({ code, row, problem }): RowDone => {
    if (problem) return { code, outcome: 'refused', ...problem };
    const was = before.get(code);
    if (!was) return { code, outcome: 'created' };
    return { code, outcome: isSame(was, row) ? 'unchanged' : 'updated' };
  });
  const those = (outcome: RowDone['outcome']) =>
    rows.filter((_, place) => done[place]!.outcome === outcome).map(({ row }) => row);
  await stores[kind].add(tx, those('created'));
  await stores[kind].change(tx, those('updated'));
  return done;
}

type Wanted = { code: string; row: Row; problem: FieldProblem | null };

function checkRow(kind: NetworkKind, key: string, given: GivenValues, seen: Set<string>): Wanted {
  const named = given[key];
  const known = typeof named === 'string' ? named.trim() : '';
  const checked = checkFields(kind, given);
  if (isProblem(checked)) return { code: shown(known), row: {}, problem: checked };
  if (known === '') return { code: '', row: {}, problem: missing(key) };
  const twice = seen.has(known);
  seen.add(known);
  return {
    code: known,
    row: checked,
    problem: twice ? { field: key, key: 'import.twice', facts: { value: known } } : null,
  };
}

function isProblem(checked: Record<string, Value> | FieldProblem): checked is FieldProblem {
  return 'facts' in checked;
}

/** What the row does not say is as it was, or as it is with something new. */
function complete(kind: NetworkKind, wanted: Wanted, was: Row | undefined): void {
  const row: Row = {};
  for (const [field, { otherwise }] of Object.entries(networkFields[kind])) {
    const value = wanted.row[field] ?? (field in wanted.row ? null : (was?.[field] ?? otherwise));
    if (value === undefined) {
      wanted.problem = missing(field);
      return;
    }
    row[field] = value;
  }
  if (kind === 'outlets' && (row['latitude'] === null) !== (row['longitude'] === null))
    wanted.problem = missing(row['latitude'] === null ? 'latitude' : 'longitude');
  wanted.row = row;
}

/** Refuses rows that name something that is not there. Areas may lie within others of the same list. */
async function refuseUnknown(tx: Tx, kind: NetworkKind, rows: readonly Wanted[]): Promise<void> {
  for (const [field, { of }] of Object.entries(networkFields[kind])) {
    if (!of || kind === 'areas') continue;
    const known = await codesKnown(tx, of, allNamed(rows, field));
    for (const one of rows) {
      const value = named(one, field).find((code) => !known.has(code));
      if (value !== undefined && !one.problem)
        one.problem = { field, key: 'import.unknown', facts: { field, value } };
    }
  }
}

function named({ row, problem }: Wanted, field: string): readonly string[] {
  const value = problem ? null : row[field];
  return Array.isArray(value) ? (value as string[]) : typeof value === 'string' ? [value] : [];
}

function allNamed(rows: readonly Wanted[], field: string): string[] {
  return [...new Set(rows.flatMap((one) => named(one, field)))];
}

/** Refuses areas within what is not there, within themselves, or too deep. What is refused stays as it was, which others must fit. */
function refuseLoops(rows: readonly Wanted[], before: readonly NewArea[]): void {
  const parents = new Map(before.map(({ code, parent }) => [code, parent]));
  const old = new Map(parents);
  const good = () => rows.filter(({ problem }) => !problem);
  for (const { code, row } of good()) parents.set(code, row['parent'] as string | null);
  for (let isStable = false; !isStable;) {
    isStable = true;
    for (const one of good()) {
      const value = one.row['parent'] as string | null;
      const isUnknown = value !== null && !parents.has(value);
      if (!isUnknown && isRooted(one.code, parents)) continue;
      one.problem = {
        field: 'parent',
        key: isUnknown ? 'import.unknown' : 'import.area-loop',
        facts: { field: 'parent', value: value!, most: depthMax },
      };
      if (old.has(one.code)) parents.set(one.code, old.get(one.code)!);
      else parents.delete(one.code);
      isStable = false;
    }
  }
}

// A parent that is missing on the way is that one's own problem, found when its turn comes.
function isRooted(code: string, parents: ReadonlyMap<string, string | null>): boolean {
  let at: string | null = code;
  for (let depth = 0; depth < depthMax; depth++) {
    at = parents.get(at) ?? null;
    if (at === null) return true;
  }
  return false;
}

/** One number or address is one person: who has it keeps it, also where the same list gives that person another. */
function refuseTaken(
  rows: readonly Wanted[],
  field: string,
  key: TextKey,
  holders: Map<string, string>,
): void {
  for (const one of rows) {
    const [value] = named(one, field);
    if (value === undefined) continue;
    const holder = holders.get(value) ?? one.code;
    holders.set(value, holder);
    if (holder !== one.code) one.problem = { field, key, facts: { value, holder } };
  }
}

// The order of outlets that somebody acts for says nothing; that of aliases neither.
function isSame(was: Row, row: Row): boolean {
  const sorted = (value: Value): Value => (Array.isArray(value) ? (value as string[]).toSorted() : value);
  return Object.keys(row).every(
    (field) => canonicalJson(sorted(was[field]!)) === canonicalJson(sorted(row[field]!)),
  );
}
