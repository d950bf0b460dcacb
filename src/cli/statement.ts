import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import { withTenant } from '../db/transact.ts';
import { signStatement } from '../flow/sign-statement.ts';
import { participantByCode } from '../network/participants.ts';
import { isId, type ParticipantId } from '../shared/id.ts';
import { readArgs, say, UsageProblem } from './command.ts';
import { pickTenant } from './pick-tenant.ts';
import { readDay } from './trial-balance.ts';

export const usage = `Usage: npx mitra statement --participant CODE|ID [--from DAY] [--to DAY] [--asset CODE] [--by posted|business] [--tenant CODE]

Prints the signed statement of a participant's wallet (a JWS in compact form); anybody checks it with
"mitra verify --statement FILE --key KEYS", or as docs/operate.md says without this program.

  --participant   whose, by code or id
  --from, --to    first and last day in the programme's time zone (absent: since the beginning, until today)
  --asset         of which asset (absent: points)
  --by            which date puts a movement into the period: "posted" (this when nothing is said) or "business"
  --tenant        whose books (may be left out where there is only one tenant)`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, {
    participant: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    asset: { type: 'string', default: 'points' },
    by: { type: 'string', default: 'posted' },
    tenant: { type: 'string' },
  });
  const { participant, asset, by } = values;
  if (participant === undefined) throw new UsageProblem('Whose statement? Give --participant.');
  if (by !== 'posted' && by !== 'business') throw new UsageProblem('--by is "posted" or "business".');
  const days = { from: readDay('--from', values.from), to: readDay('--to', values.to) };
  const config = readConfig();
  const db = await openDatabase(config, { mode: 'share' });
  try {
    const { tenant } = await pickTenant(db, values.tenant);
    const id = isId<ParticipantId>(participant)
      ? participant
      : (await withTenant(db, tenant, (tx) => participantByCode(tx, participant)))?.id;
    if (!id) throw new UsageProblem(`There is no participant with the code "${participant}".`);
    const app = { db, config, now: () => new Date() };
    const told = await signStatement(app, tenant, id, { ...days, asset, by });
    if (!told.ok)
      throw new UsageProblem(
        told.refused === 'not-found'
          ? `There is no such participant, or no asset "${asset}".`
          : `The days do not work: ${told.facts?.['field']} is ${told.facts?.['problem']}.`,
      );
    say(told.signed);
    return 0;
  } finally {
    await db.close();
  }
}
