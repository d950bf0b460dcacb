import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { makeKey, tellKeys, type ToldKey } from '../flow/make-key.ts';
import { keyAbilities, revokeKey, type KeyAbility, type KeyId } from '../network/api-keys.ts';
import { isId } from '../shared/id.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { pickTenant } from './pick-tenant.ts';
import { readDay } from './trial-balance.ts';

export const usage = `Usage: npx mitra key create NAME --may ${keyAbilities.join(',')} [--programme CODE] [--outlets CODE,CODE]
                            [--until DAY] [--tenant CODE] [--json]
       npx mitra key list [--tenant CODE] [--json]
       npx mitra key revoke ID [--tenant CODE]

API keys for other systems: a till, an ERP, an accounting system. A key is printed once, when it is made, and kept nowhere;
the system sends it as "Authorization: Bearer KEY". Managers do the same on the page "Other systems".

  NAME         which system it is for
  --may        what it may do: "record" activities and their events, "quote" discounts, "read" activities and why
  --programme  only this programme (absent: every one)
  --outlets    only these outlets (absent: all)
  --until      the last day on which it is good, 2027-12-31 in UTC (absent: until it is revoked)
  ID           as "list" prints it; a revoked key is shut out at once and for ever
  --tenant     whose key (may be left out where there is only one tenant)
  --json       print one JSON document`;

const keysMax = 1000;

export async function run(args: string[]): Promise<number> {
  const options = {
    may: { type: 'string' },
    programme: { type: 'string' },
    outlets: { type: 'string' },
    until: { type: 'string' },
    tenant: { type: 'string' },
    json: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = readArgs(args, options, ['ACTION', 'NAME or ID']);
  const [action, subject, extra] = positionals;
  const isOfOne = action === 'create' || action === 'revoke';
  if ((!isOfOne && action !== 'list') || extra !== undefined || isOfOne !== (subject !== undefined))
    throw new UsageProblem('Say "create NAME", "list" or "revoke ID".');
  const until = readDay('--until', values.until);
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    const { tenant } = await pickTenant(db, values.tenant);
    const within = <T>(work: (tx: Tx) => Promise<T>) => withTenant(db, tenant, work);
    if (action === 'list') {
      const keys = await within((tx) => tellKeys(tx, { limit: keysMax, before: null }, new Date()));
      if (values.json) printJson(keys);
      else for (const line of keys.flatMap(linesOf)) say(line);
      return 0;
    }
    if (action === 'revoke') {
      if (!isId<KeyId>(subject) || !(await within((tx) => revokeKey(tx, subject, null, new Date()))))
        throw new UsageProblem(`There is no key with the id "${subject}".`);
      say('Revoked.');
      return 0;
    }
    const asked = {
      name: subject!,
      may: abilitiesOf(values.may),
      programme: values.programme ?? null,
      outlets: values.outlets?.split(',') ?? null,
      expiresAt: until === undefined ? null : new Date(`${until}T23:59:59.999Z`),
    };
    const made = await within((tx) => makeKey(tx, asked, null, new Date()));
    if (!made.ok) {
      const { field, problem } = made.facts!;
      throw new UsageProblem(`--${field === 'expiresAt' ? 'until' : field}: ${problem}.`);
    }
    if (values.json) printJson({ key: made.key, secret: made.text });
    else for (const line of [...linesOf(made.key), '', made.text]) say(line);
    return 0;
  } finally {
    await db.close();
  }
}

function abilitiesOf(text: string | undefined): KeyAbility[] {
  const named = text?.split(',') ?? [];
  const unknown = named.find((one) => !keyAbilities.some((known) => known === one));
  if (named.length > 0 && unknown === undefined) return named as KeyAbility[];
  throw new UsageProblem(`What may it do? Give --may with some of ${keyAbilities.join(', ')}.`);
}

function linesOf({ id, name, ending, state, may, programme, outlets, ...times }: ToldKey): string[] {
  const where = [
    programme ?? 'every programme',
    outlets?.map(({ code }) => code).join(', ') ?? 'all outlets',
  ];
  const { createdBy, createdAt, expiresAt, lastUsedAt, revokedBy, revokedAt } = times;
  const by = (who: string | null) => who ?? 'the command line';
  return [
    `${id}  …${ending}  ${state}  ${name}`,
    `  may ${may.join(', ')}; ${where.join('; ')}`,
    `  made by ${by(createdBy)}, ${createdAt.toISOString()}` +
      (expiresAt ? `; good until ${expiresAt.toISOString()}` : '') +
      (revokedAt ? `; revoked by ${by(revokedBy)}, ${revokedAt.toISOString()}` : '') +
      (lastUsedAt ? `; last used ${lastUsedAt.toISOString()}` : '; never used'),
  ];
}
