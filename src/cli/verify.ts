import { readConfig } from '../config.ts';
import { listTenants } from '../db/directory.ts';
import { openDatabase } from '../db/open.ts';
import { verifyTenant } from '../flow/verify-books.ts';
import type { Verified } from '../ledger/verify.ts';
import { verifyStatementFile } from './check-statement.ts';
import { verifyAllCounters } from './check-counters.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';

export const usage = `Usage: npx mitra verify [--tenant CODE] [--incremental | --full] [--json]
       npx mitra verify --counters [--tenant CODE] [--json]
       npx mitra verify --statement FILE [--key FILE] [--json]

Recomputes from its transfers, for each tenant: the chain of hashes, every balance, what is held, the lots, daily sums, closed
periods, and the sum of each asset, which is zero. Names the first row that is not as it was posted, and ends with exit
code 1 then. Keep the head of the chain that it prints, and the digest of the assets: with them you can tell later whether history
was rewritten, or an asset made to mean something else.

  --tenant        only the tenant with this code
  --full          look at everything (this is what happens when nothing is said)
  --incremental   only what came since the last look that found everything right, and what that touched
  --json          print one JSON document

With --counters it counts everything that goals, tiers and discounts count again from activities instead, and names what
differs from what is kept.

With --statement it checks a signed statement instead: who signed it, and whether it adds up. It needs no database then.

  --statement   the file, as "mitra statement" or the page made it; - for standard input
  --key         the public keys of whoever signed it: the JWK Set that their server shows at /.well-known/jwks.json, or PEM.
                Absent: the keys of this installation`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, {
    tenant: { type: 'string' },
    full: { type: 'boolean' },
    incremental: { type: 'boolean' },
    counters: { type: 'boolean' },
    statement: { type: 'string' },
    key: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (values.statement !== undefined) return verifyStatementFile(values.statement, values.key, values.json);
  if (values.key !== undefined) throw new UsageProblem('--key goes with --statement.');
  if (values.full && values.incremental) throw new UsageProblem('Either --full or --incremental.');
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    const tenants = (await listTenants(db)).filter(({ code }) => !values.tenant || code === values.tenant);
    if (values.tenant && tenants.length === 0)
      throw new UsageProblem(`There is no tenant with the code "${values.tenant}".`);
    if (values.counters) return await verifyAllCounters(db, tenants, values.json);
    const how = { isFull: !values.incremental, now: new Date() };
    const books: Book[] = [];
    for (const tenant of tenants)
      books.push({ tenant: tenant.code, name: tenant.name, ...(await verifyTenant(db, tenant, how)) });
    const ok = books.every((book) => book.ok);
    if (values.json) printJson({ ok, books });
    else if (books.length === 0) say('There is no tenant yet, so there is nothing to verify.');
    else for (const book of books) say(tellBook(book));
    return ok ? 0 : 1;
  } finally {
    await db.close();
  }
}

type Book = { tenant: string; name: string } & Verified;

function tellBook({ name, ok, fromSeq, checked, head, assets, firstBad }: Book): string {
  const since = fromSeq > 1n ? `since batch ${fromSeq - 1n}: ` : '';
  const counts = `${since}${checked.transfers} transfers in ${checked.batches} batches, ${checked.accounts} accounts, ${checked.assets} assets`;
  const root = head
    ? `\n  head of the chain: ${head.seq} ${head.hash} of ${head.at.toISOString()}\n  assets: ${assets}`
    : '';
  if (ok) return `${name}: right. ${counts}.${root}`;
  const { table, id, problem } = firstBad!;
  return `${name}: WRONG. The ${table} ${id} ${problem}. (${counts} until there.)`;
}
