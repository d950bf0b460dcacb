import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import { withTenant } from '../db/transact.ts';
import { closeBooks } from '../flow/tell-books.ts';
import { problemOf } from '../http/problem.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { pickTenant } from './pick-tenant.ts';
import { readDay } from './trial-balance.ts';

export const usage = `Usage: npx mitra close --before DAY [--tenant CODE] [--json]

Closes the books of everything that happened before a day: from then on no transfer takes an earlier business date. What
is learned late is awarded by its own date and booked at the beginning of that day. A closed period is never opened again.

  --before   the first day that stays open, 2018-04-01; days are those of the programme's time zone
  --tenant   whose books (may be left out where there is only one tenant)
  --json     print one JSON document`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, {
    before: { type: 'string' },
    tenant: { type: 'string' },
    json: { type: 'boolean' },
  });
  const before = readDay('--before', values.before);
  if (before === undefined) throw new UsageProblem('Before which day? Give --before, such as 2018-04-01.');
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    const { tenant, name } = await pickTenant(db, values.tenant);
    const closed = await withTenant(db, tenant, (tx) => closeBooks(tx, { before, by: null }, new Date()));
    if (values.json) printJson(closed);
    else if (!closed.ok) process.stderr.write(`${problemOf(closed, 'en').detail}\n`);
    else {
      say(`${name}: the books before ${closed.day} are closed, since ${closed.closedAt.toISOString()}.`);
      say(`  trial balance ${closed.digest}`);
      say(`  head of the chain ${closed.seq} ${closed.hash}`);
    }
    return closed.ok ? 0 : 1;
  } finally {
    await db.close();
  }
}
