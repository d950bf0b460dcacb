import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import { columns, importBalances, readBalances, type Imported } from '../flow/import-balances.ts';
import { text } from '../notify/texts.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { pickTenant } from './pick-tenant.ts';
import { readText } from './read-text.ts';

export const usage = `Usage: npx mitra import balances FILE.csv [--tenant CODE] [--json]

Books balances that people bring along from another system. Columns, in any order: ${columns.join(', ')};
the last four may be absent. A participant is a phone number or a code; units are written with the decimals of the
asset; days like 2026-03-31. A row is known by its external key: the same file twice counts once. A row that is wrong is
told with its line, the others are booked, and the exit code is 1.

  --tenant   whose book (may be left out where there is only one tenant)
  --json     print one JSON document; amounts are integers of the asset's smallest part`;

export async function run(args: string[]): Promise<number> {
  const options = { tenant: { type: 'string' }, json: { type: 'boolean' } } as const;
  const { values, positionals } = readArgs(args, options, ['FILE']);
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new UsageProblem('Which file? Name one.');
  const read = readBalances(await readText(file));
  if (!read.ok) throw new UsageProblem(`${file}: ${read.facts?.['problem']}: ${read.facts?.['field']}.`);
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    const { tenant } = await pickTenant(db, values.tenant);
    const done = await importBalances(db, tenant, read.rows, new Date());
    if (values.json)
      printJson({ ok: done.problems.length === 0, ...done, problems: done.problems.map(showProblem) });
    else tell(done);
    return done.problems.length === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}

function showProblem({ line, externalKey, key, facts }: Imported['problems'][number]) {
  return { line, externalKey, code: key, sentence: text('en', key, facts) };
}

function tell({ rows, imported, replayed, problems, units }: Imported): void {
  say(`${rows} rows: ${imported} booked, ${replayed} booked before, ${problems.length} wrong.`);
  for (const [asset, sum] of Object.entries(units)) say(`  ${sum} ${asset} (in its smallest part)`);
  for (const problem of problems.map(showProblem))
    say(`  line ${problem.line} (${problem.externalKey || 'no key'}): ${problem.sentence}`);
}
