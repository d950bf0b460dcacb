import { readConfig } from '../config.ts';
import { withClient } from '../db/connect.ts';
import { openLogins } from '../db/open.ts';
import { readPartitions, splitTransfers, type Partition } from '../db/partitions.ts';
import { isDay } from '../shared/time.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';

export const usage = `Usage: npx mitra partition [--from DAY] [--json]

Shows the partitions of the ledger's transfers. With --from, transfers recorded from the beginning of that day (UTC) on go
into a new one; posting goes on meanwhile. Worth it above 50 million rows: npx mitra doctor tells when.

  --from   the first day of the new partition, such as 2027-01-01; it must lie ahead
  --json   print one JSON document`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, { from: { type: 'string' }, json: { type: 'boolean' } });
  if (values.from !== undefined && !isDay(values.from))
    throw new UsageProblem(`"${values.from}" is not a day such as 2027-01-01.`);
  const { logins, close } = await openLogins(readConfig(), 'share');
  try {
    if (values.from) await splitTransfers(logins.admin, new Date(`${values.from}T00:00:00Z`), new Date());
    const partitions = await withClient(logins.admin, readPartitions);
    if (values.json) printJson({ partitions });
    else for (const partition of partitions) say(tell(partition));
    return 0;
  } finally {
    await close();
  }
}

function tell({ name, from, to, rowsEstimate, bytes }: Partition): string {
  const day = (time: Date | null, none: string) => time?.toISOString().slice(0, 10) ?? none;
  const size = `about ${rowsEstimate.toLocaleString('en')} rows, ${(bytes / 1e6).toFixed(0)} MB`;
  return `${name}: recorded from ${day(from, 'the beginning')} to ${day(to, 'whenever')}, ${size}`;
}
