import { readConfig } from '../config.ts';
import { listTenants } from '../db/directory.ts';
import { openDatabase } from '../db/open.ts';
import { verifyBook } from '../ledger/verify.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';

export const usage = `Usage: npx mitra verify [--tenant CODE] [--json]

Recomputes from its transfers, for each tenant: the chain of hashes, every balance, what is held, the lots, and the sum of
each asset, which is zero. Names the first row that is not as it was posted, and ends with exit code 1 then.

  --tenant   only the tenant with this code
  --json     print one JSON document`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, { tenant: { type: 'string' }, json: { type: 'boolean' } });
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    const tenants = (await listTenants(db)).filter(({ code }) => !values.tenant || code === values.tenant);
    if (values.tenant && tenants.length === 0)
      throw new UsageProblem(`There is no tenant with the code "${values.tenant}".`);
    const books = [];
    for (const { tenant, code, name } of tenants)
      books.push({ tenant: code, name, ...(await verifyBook(db, tenant)) });
    const ok = books.every((book) => book.ok);
    if (values.json) printJson({ ok, books });
    else if (books.length === 0) say('There is no tenant yet, so there is nothing to verify.');
    else for (const book of books) say(tellBook(book));
    return ok ? 0 : 1;
  } finally {
    await db.close();
  }
}

type Book = { name: string } & Awaited<ReturnType<typeof verifyBook>>;

function tellBook({ name, ok, checked, head, firstBad }: Book): string {
  const counts = `${checked.transfers} transfers in ${checked.batches} batches, ${checked.accounts} accounts, ${checked.assets} assets`;
  if (ok)
    return `${name}: right. ${counts}.${head ? ` Head of the chain: ${head.seq} ${head.hash.slice(0, 16)}` : ''}`;
  const { table, id, problem } = firstBad!;
  return `${name}: WRONG. The ${table} ${id} ${problem}. (${counts} until there.)`;
}
