import type { Tenant } from '../db/directory.ts';
import type { Db } from '../db/transact.ts';
import { verifyTenantCounters } from '../flow/verify-counters.ts';
import { printJson, say } from './command.ts';

/** As many wrong rows are named. */
const namedMax = 20;

/** Counts everything again for these tenants and prints what differs; answers the exit code. */
export async function verifyAllCounters(
  db: Db,
  tenants: readonly Tenant[],
  isJson?: boolean,
): Promise<number> {
  const found = [];
  for (const { tenant, code } of tenants)
    for (const { programme, rows, problems } of await verifyTenantCounters(db, tenant)) {
      const named = problems
        .slice(0, namedMax)
        .map((one) => ({ ...one, kept: String(one.kept), counted: String(one.counted) }));
      found.push({ tenant: code, programme, rows, wrong: problems.length, problems: named });
    }
  const ok = found.every(({ wrong }) => wrong === 0);
  if (isJson) printJson({ ok, counters: found });
  else for (const each of found) tell(each);
  return ok ? 0 : 1;
}

function tell(found: {
  tenant: string;
  programme: string;
  rows: number;
  wrong: number;
  problems: Problem[];
}): void {
  const { tenant, programme, rows, wrong, problems } = found;
  say(`${tenant}, ${programme}: ${wrong === 0 ? 'right' : `${wrong} WRONG`}. ${rows} rows counted again.`);
  for (const { counter, subject, day, item, kept, counted } of problems)
    say(`  ${counter} of ${subject} on ${day}${item && ` (${item})`}: kept ${kept}, counted ${counted}`);
}

type Problem = { counter: string; subject: string; day: string; item: string; kept: string; counted: string };
