import { tableOf } from '../../bench/table.ts';
import type { Bench } from '../../bench/document.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';

type Entry = { summary: string; load: () => Promise<Bench> };

/** The benchmarks by name. A new one is a folder in bench/ and a line here. */
const benches: Record<string, Entry> = {
  ledger: {
    summary:
      'posting and reading, against an insert-only floor, a naive ledger and row locks; up to 20 M transfers',
    load: async () => (await import('../../bench/ledger/bench-ledger.ts')).benchLedger,
  },
  activities: {
    summary:
      'verified activities all the way, in batches and over HTTP, against the bare insert; up to 2 M outlets',
    load: async () => (await import('../../bench/activities/bench-activities.ts')).benchActivities,
  },
  rules: {
    summary: 'evaluating activities against 200 rules, indexed and compiled or not, against two rule engines',
    load: async () => (await import('../../bench/rules/bench-rules.ts')).benchRules,
  },
  quote: {
    summary: 'asking over HTTP which discount an order gets, alone and while sales are recorded',
    load: async () => (await import('../../bench/quote/bench-quote.ts')).benchQuote,
  },
  replay: {
    summary: 'a proposed rule beside today’s over a million recorded activities: time and memory',
    load: async () => (await import('../../bench/replay/bench-replay.ts')).benchReplay,
  },
};

export const usage = `npx mitra bench NAME [--quick] [--json] [--size N] [--minutes N]

${Object.entries(benches)
  .map(([name, { summary }]) => `  ${name.padEnd(13)}${summary}`)
  .join('\n')}

It runs on a PostgreSQL of its own in a temporary folder, or in a database of its own on the server of DATABASE_URL; either is
removed afterwards and your data is not touched. Trust the ratios: absolute numbers belong to one machine.

  --quick      small sizes, under a minute; the document's "sizes" tells which
  --json       one JSON document on standard output instead of a table
  --size N     the largest size instead of the benchmark's own
  --minutes N  at most so long on the way to the largest size; what was reached is measured`;

export async function run(args: string[]): Promise<number> {
  const options = {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    size: { type: 'string' },
    minutes: { type: 'string' },
  } as const;
  const { values, positionals } = readArgs(args, options, ['NAME']);
  const [name, extra] = positionals;
  const entry = name === undefined ? undefined : benches[name];
  if (!entry || extra !== undefined)
    throw new UsageProblem(`Which benchmark? One of: ${Object.keys(benches).join(', ')}.`);
  const size = readNumber('--size', values.size);
  const minutes = readNumber('--minutes', values.minutes);
  const bench = await entry.load();
  const measured = await bench({ quick: values.quick, size, minutes });
  if (values.json) printJson(measured);
  else for (const line of tableOf(measured)) say(line);
  return 0;
}

function readNumber(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageProblem(`${option} takes a number from 1, not ${text}.`);
  return Number(text);
}
