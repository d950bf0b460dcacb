import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import {
  columnOf,
  columnsOf,
  importNetworkFile,
  readNetworkFile,
  type LineDone,
} from '../flow/network-file.ts';
import { networkKinds } from '../flow/network-fields.ts';
import { text } from '../notify/texts.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { pickTenant } from './pick-tenant.ts';
import { readText } from './read-text.ts';

export const usage = `Usage: npx mitra import ${networkKinds.join('|')} FILE.csv [--tenant CODE] [--json]

Brings in who takes part and what is sold, in this order, for one names the other by code. Columns, in any order:
${networkKinds.map((kind) => `  ${kind.padEnd(13)}${columnsOf(kind).join(', ')}`).join('\n')}
Several outlets or aliases stand in one cell with | between them. A row whose code is there already changes what it says; a
column that is absent leaves what is there as it is; the same file twice changes nothing. A row that is wrong is told
with its line, the others are taken, and the exit code is 1.

  --tenant   whose (may be left out where there is only one tenant)
  --json     print one JSON document`;

export async function run(args: string[]): Promise<number> {
  const options = { tenant: { type: 'string' }, json: { type: 'boolean' } } as const;
  const { values, positionals } = readArgs(args, options, ['KIND', 'FILE']);
  const [named, file, ...more] = positionals;
  const kind = networkKinds.find((one) => one === named);
  if (!kind) throw new UsageProblem(`What is to be brought in: ${networkKinds.join(', ')} or balances?`);
  if (!file || more.length > 0) throw new UsageProblem('Which file? Name one.');
  const read = readNetworkFile(kind, await readText(file));
  if (!read.ok) throw new UsageProblem(`${file}: ${read.facts?.['problem']}: ${read.facts?.['field']}.`);
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    const { tenant } = await pickTenant(db, values.tenant);
    const done = await importNetworkFile(db, tenant, kind, read.rows);
    const problems = done.flatMap(showProblem);
    const sums = { rows: done.length, ...countOf(done) };
    if (values.json) printJson({ ok: problems.length === 0, ...sums, problems });
    else {
      say(
        `${sums.rows} rows: ${sums.created} created, ${sums.updated} updated, ${sums.unchanged} unchanged, ${sums.refused} wrong.`,
      );
      for (const { line, code, sentence } of problems)
        say(`  line ${line} (${code || 'no code'}): ${sentence}`);
    }
    return problems.length === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}

function countOf(done: readonly LineDone[]): Record<LineDone['outcome'], number> {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  for (const { outcome } of done) counts[outcome] += 1;
  return counts;
}

function showProblem(done: LineDone) {
  if (done.outcome !== 'refused') return [];
  const { line, code, field, key, facts } = done;
  const column = columnOf(field);
  return [{ line, code, column, problem: key, sentence: text('en', key, { ...facts, field: column }) }];
}
