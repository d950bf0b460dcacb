import { withTenant, type Db } from '../db/transact.ts';
import { parseCsv } from '../shared/csv.ts';
import type { TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { importNetwork, type RowDone } from './import-network.ts';
import { networkFields, type GivenValues, type NetworkKind } from './network-fields.ts';

/** Rows of one file, and rows that one transaction writes. */
const rowsMax = 200_000;
const batchMax = 1000;

/** A row with the line on which it begins; null where its cells do not fit the header. */
export type FileRow = { line: number; values: GivenValues | null };
export type LineDone = RowDone & { line: number };

/** The columns of a file of this kind; the first must be there. */
export function columnsOf(kind: NetworkKind): string[] {
  return Object.keys(networkFields[kind]).map(columnOf);
}

/** A field as files call it: is_focus. */
export function columnOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The rows of a file, or why it is none. A column that is absent leaves what is there as it is. */
export function readNetworkFile(
  kind: NetworkKind,
  text: string,
): { ok: true; rows: FileRow[] } | Refused<'bad-request'> {
  const [head, ...rows] = parseCsv(text);
  const names = head?.cells.map((name) => name.toLowerCase()) ?? [];
  const [needed] = columnsOf(kind);
  if (!names.includes(needed!)) return refuse('bad-request', { field: needed!, problem: 'column missing' });
  const unknown = names.find((name) => !columnsOf(kind).includes(name));
  if (unknown !== undefined) return refuse('bad-request', { field: unknown, problem: 'unknown column' });
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) return refuse('bad-request', { field: twice, problem: 'column twice' });
  if (rows.length > rowsMax) return refuse('bad-request', { field: 'rows', problem: `more than ${rowsMax}` });
  const fields = Object.entries(networkFields[kind]).map(
    ([field, { is }]) => [field, is, names.indexOf(columnOf(field))] as const,
  );
  return {
    ok: true,
    rows: rows.map(({ line, cells }) => {
      if (cells.slice(names.length).some((cell) => cell !== '')) return { line, values: null };
      const given = fields.filter(([, , place]) => place >= 0);
      const values = given.map(([field, is, place]) => [field, valueOf(is, cells[place] ?? '')] as const);
      return { line, values: Object.fromEntries(values) };
    }),
  };
}

/** Brings in the rows of a file, many in one transaction after the other; areas at once, for they lie within each other. */
export async function importNetworkFile(
  db: Db,
  tenant: TenantId,
  kind: NetworkKind,
  rows: readonly FileRow[],
): Promise<LineDone[]> {
  const done: LineDone[] = [];
  const seen = new Set<string>();
  const size = kind === 'areas' ? rowsMax : batchMax;
  const tooLong = { field: '', key: 'import.too-many-cells', facts: {} } as const;
  for (let start = 0; start < rows.length; start += size) {
    const batch = rows.slice(start, start + size);
    const good = batch.flatMap(({ values }) => (values ? [values] : []));
    const answers = await withTenant(db, tenant, (tx) => importNetwork(tx, kind, good, seen));
    let next = 0;
    for (const { line, values } of batch)
      done.push(values ? { line, ...answers[next++]! } : { line, code: '', outcome: 'refused', ...tooLong });
  }
  return done;
}

// What is no number or no yes or no stays text, and is refused as such.
function valueOf(is: 'text' | 'number' | 'flag' | 'list', cell: string): unknown {
  if (cell === '' || is === 'text') return cell;
  if (is === 'list') return cell.split('|').map((one) => one.trim());
  if (is === 'number') return /^[+-]?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell;
  const [yes, no] = [
    ['yes', 'true', '1'],
    ['no', 'false', '0'],
  ];
  const word = cell.toLowerCase();
  return yes!.includes(word) ? true : no!.includes(word) ? false : cell;
}
