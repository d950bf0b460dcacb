// The long versions of what the test suite proves in short: `npm run proof`, or one part of it.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { log } from '../../src/log.ts';
import { openCluster } from '../cluster.ts';
import { testDatabase } from '../database.ts';
import { proveCrashes } from './crash.ts';
import { proveExpressions } from './expressions.ts';
import { proveModel } from './model.ts';
import type { Counts, Part } from './part.ts';
import { proveRaces } from './races.ts';
import { proveRedemptions } from './redeem.ts';
import { proveDoors } from './redeem-doors.ts';
import { simulate } from './simulate.ts';

const usage = `Usage: npm run proof [-- PART] [--seed N] [--rounds N]

Proves at length what the tests prove in short, and ends in a table of what was seen.

  model     sequences of commands against a model of the ledger (200,000)
  races     interleavings of transactions, for each race (1,000)
  simulate  lives of a shop with a bad connection, each from its seed, against the same in peace (5,000)
  redeem    rounds of 1,000 redemptions of a balance worth 100, from two processes (20)
  expressions  generated expressions, compiled against interpreted (100,000)
  doors     the same over HTTP, from two servers (20)
  crash     rounds of kill -9 of application and database under eight writers (200)

  --seed    starts from this seed instead of a random one; what failed says which
  --rounds  as many instead of the number above

It runs on an embedded PostgreSQL of its own, or on the server that TEST_DATABASE_URL names (crash always on its own).`;

const parts: Record<string, { rounds: number; prove: Part }> = {
  model: { rounds: 200_000, prove: proveModel },
  races: { rounds: 1000, prove: proveRaces },
  simulate: { rounds: 5000, prove: simulate },
  redeem: { rounds: 20, prove: proveRedemptions },
  expressions: { rounds: 100_000, prove: (_, run) => proveExpressions(run) },
  doors: { rounds: 20, prove: proveDoors },
  crash: { rounds: 200, prove: (_, run) => proveCrashes(run) },
};

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, rounds: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
const wanted = positionals.length > 0 ? positionals : Object.keys(parts);
if (values.help || !wanted.every((name) => Object.hasOwn(parts, name))) {
  process.stdout.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}
// What is broken on purpose would drown the rest.
log.level = process.env['LOG_LEVEL'] ?? 'silent';
const seed = Number(values.seed ?? randomInt(2 ** 31));
const table: string[][] = [];
let failed = 0;
const { cluster, close } = await openCluster();
try {
  for (const name of wanted) await prove(name);
} finally {
  await close();
}
const width = Math.max(...table.map(([name]) => name!.length));
for (const [name, what] of table) process.stdout.write(`${name!.padEnd(width)}  ${what}\n`);
process.stdout.write(`${wanted.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

async function prove(name: string): Promise<void> {
  const part = parts[name]!;
  const rounds = Number(values.rounds ?? part.rounds);
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(0);
  let told = 0;
  const onProgress = (done: number) => {
    if (performance.now() - told < 15_000) return;
    told = performance.now();
    process.stderr.write(`${name}: ${done} of ${rounds} after ${seconds()} s\n`);
  };
  process.stderr.write(`${name}: ${rounds} from seed ${seed}\n`);
  const database = await testDatabase(cluster);
  try {
    const counts = await part.prove(database, { seed, rounds, onProgress });
    table.push([name, `${tell(counts)}; seed ${seed}, ${seconds()} s`]);
  } catch (error) {
    failed += 1;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    table.push([name, `FAILED after ${seconds()} s`]);
  } finally {
    await database.drop();
  }
}

function tell(counts: Counts): string {
  return Object.entries(counts)
    .map(([what, n]) => `${n.toLocaleString('en')} ${what}`)
    .join(', ');
}
