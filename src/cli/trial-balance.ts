import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import { withTenant } from '../db/transact.ts';
import { tellTrialBalance, type ToldTrial } from '../flow/tell-books.ts';
import { isDay, type Day } from '../shared/time.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { pickTenant } from './pick-tenant.ts';

export const usage = `Usage: npx mitra trial-balance [--tenant CODE] [--from DAY] [--to DAY] [--by business|posted] [--json]

Per asset: what was there at the beginning, what was debited and credited, and what is there at the end, for each system
account and for all other accounts of a role together. The opening and the closing column of an asset sum to zero.

  --tenant   whose books (may be left out where there is only one tenant)
  --from     first day, 2018-03-01 (absent: since the beginning)
  --to       last day (absent: today). Days are those of the programme's time zone, which is printed
  --by       which date puts a transfer into the period: "business", when it happened (this when nothing is said), or
             "posted", when it was booked
  --json     print one JSON document; amounts are integers of the asset's smallest part`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, {
    tenant: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    by: { type: 'string', default: 'business' },
    json: { type: 'boolean' },
  });
  const { by } = values;
  if (by !== 'business' && by !== 'posted') throw new UsageProblem('--by is "business" or "posted".');
  const asked = { from: readDay('--from', values.from), to: readDay('--to', values.to), by } as const;
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    const { tenant, name } = await pickTenant(db, values.tenant);
    const told = await withTenant(db, tenant, (tx) => tellTrialBalance(tx, asked, new Date()));
    if (!told.ok) throw new UsageProblem('--from is later than --to.');
    if (values.json) printJson(told);
    else tell(name, told);
    return 0;
  } finally {
    await db.close();
  }
}

/** The day of an option; throws UsageProblem for what is no day of the calendar. */
export function readDay(option: string, text: string | undefined): Day | undefined {
  if (text === undefined || isDay(text)) return text;
  throw new UsageProblem(`${option} is "${text}"; write a day like 2018-03-21.`);
}

function tell(name: string, { from, to, timeZone, by, rows }: ToldTrial): void {
  say(
    `${name}: trial balance from ${from ?? 'the beginning'} to ${to} (days in ${timeZone}), by ${
      by === 'posted' ? 'the date of posting' : 'the date of the event'
    }\n`,
  );
  const line = (cells: readonly string[]) =>
    say(
      `  ${cells[0]!.padEnd(34)}${cells
        .slice(1)
        .map((cell) => cell.padStart(17))
        .join('')}`,
    );
  line(['', 'opening', 'debits', 'credits', 'closing']);
  for (const own of Map.groupBy(rows, ({ asset }) => asset.code).values()) {
    const { code, scale } = own[0]!.asset;
    say(`\n  ${code}`);
    const write = (units: bigint) => decimal(units, scale);
    const figures = (row: Pick<ToldTrial['rows'][number], 'opening' | 'debits' | 'credits' | 'closing'>) =>
      [row.opening, row.debits, row.credits, row.closing].map(write);
    for (const row of own)
      line([`  ${row.role}${row.ownerName ? ` of ${row.ownerName}` : ''}`.slice(0, 33), ...figures(row)]);
    const sum = (key: 'opening' | 'debits' | 'credits' | 'closing') =>
      own.reduce((total, row) => total + row[key], 0n);
    line([
      '  sum',
      ...figures({
        opening: sum('opening'),
        debits: sum('debits'),
        credits: sum('credits'),
        closing: sum('closing'),
      }),
    ]);
  }
  if (rows.length === 0) say('\n  Nothing has moved yet.');
}

/** An integer of the smallest part as people write it: 12500 with two places is 125.00. */
function decimal(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${units < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}
