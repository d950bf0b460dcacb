import { readConfig } from '../config.ts';
import { listTenants } from '../db/directory.ts';
import { openDatabase } from '../db/open.ts';
import { createTenant } from '../flow/create-tenant.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';

export const usage = `Usage: npx mitra tenant create CODE --name NAME --manager EMAIL [--json]
       npx mitra tenant list [--json]

Begins a brand of one's own: its book and its people are apart from those of every other tenant. The manager's code, which
commands take as --by, is what stands before the @. The same again changes nothing.

  CODE       how commands and addresses call it: lower-case letters, digits and -
  --name     the brand's name, as its people read it
  --manager  the e-mail address with which its first manager signs in
  --json     print one JSON document`;

export async function run(args: string[]): Promise<number> {
  const options = {
    name: { type: 'string' },
    manager: { type: 'string' },
    json: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = readArgs(args, options, ['ACTION', 'CODE']);
  const [action, code, extra] = positionals;
  const isCreate = action === 'create';
  if ((!isCreate && action !== 'list') || extra !== undefined || isCreate !== (code !== undefined))
    throw new UsageProblem('Say "create CODE" or "list".');
  const { name, manager, json } = values;
  if (isCreate && (name === undefined || manager === undefined))
    throw new UsageProblem('What is it called, and who manages it? Give --name and --manager.');
  const config = readConfig();
  const db = await openDatabase(config, { mode: 'share' });
  try {
    if (!isCreate) {
      const tenants = (await listTenants(db)).map((one) => ({ code: one.code, name: one.name }));
      if (json) printJson(tenants);
      else for (const one of tenants) say(`${one.code}  ${one.name}`);
      return 0;
    }
    const made = await createTenant(db, { code: code!, name: name!, manager: manager! }, new Date());
    if (!made.ok) throw new UsageProblem(`${made.facts!['field']}: ${made.facts!['problem']}.`);
    const { tenant, manager: person, created } = made;
    if (json)
      printJson({
        created,
        code: tenant.code,
        name: tenant.name,
        manager: { code: person.code, email: person.email },
      });
    else tell(tenant.code, created, person, config, (await listTenants(db)).length > 1);
    return 0;
  } finally {
    await db.close();
  }
}

function tell(
  code: string,
  created: boolean,
  { code: by, email }: { code: string; email: string },
  { host, port, demo }: ReturnType<typeof readConfig>,
  isOneOfMany: boolean,
): void {
  const of = isOneOfMany ? ` --tenant ${code}` : '';
  say(
    created
      ? `${code} is made, with ${email} as manager (code ${by}).`
      : `${code} is there already; nothing changed.`,
  );
  say(`
Next: npx mitra programme apply DIR --by ${by} --launch --waive REASON${of}   its programme (docs/programme.md)
      npx mitra import areas FILE.csv${of}   then partners, outlets, participants, products
      npx mitra start, and sign in as ${email} at http://${host}:${port}/admin/${isOneOfMany ? `?tenant=${code}` : ''}`);
  if (!demo)
    say(`      Sign-in codes are not sent by e-mail or SMS yet: MITRA_DEMO=1 npx mitra start shows them on the screen, to
      everybody who can open the page.`);
}
