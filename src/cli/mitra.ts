import { ConfigProblem, settings } from '../config.ts';
import { DatabaseProblem } from '../db/problem.ts';
import { say, UsageProblem } from './command.ts';
import type { Command } from './command.ts';

type Entry = { summary: string; load: () => Promise<Command> };

/** The program's commands, in the order in which a newcomer meets them. A new one is a file and a line here. */
const commands: Record<string, Entry> = {
  demo: {
    summary: 'show the product: real receipts through the whole story, then the running server',
    load: () => import('./demo.ts'),
  },
  start: { summary: 'start the server and keep it running until Ctrl-C', load: () => import('./start.ts') },
  snap: {
    summary: 'send receipt pictures through the whole story and tell what became of them',
    load: () => import('./snap.ts'),
  },
  explain: {
    summary: 'tell why a transfer was made, or what became of a piece of evidence',
    load: () => import('./explain.ts'),
  },
  verify: {
    summary: 'recompute the ledger: every balance, sum and hash; or check a signed statement',
    load: () => import('./verify.ts'),
  },
  'trial-balance': {
    summary: 'tell what moved and what is there, per asset and role, for any days',
    load: () => import('./trial-balance.ts'),
  },
  close: { summary: 'close the books before a day', load: () => import('./close.ts') },
  statement: {
    summary: 'print the signed statement of a participant, which anybody can check',
    load: () => import('./statement.ts'),
  },
  tenant: {
    summary: 'a brand of one’s own: make it with its first manager, list them',
    load: () => import('./tenant.ts'),
  },
  import: {
    summary: 'bring in areas, partners, outlets, participants, products and staff from files',
    load: () => import('./import-network.ts'),
  },
  'import balances': {
    summary: 'book balances that people bring along from another system',
    load: () => import('./import-balances.ts'),
  },
  programme: {
    summary: 'a programme as code: test, plan, apply or export a folder of documents',
    load: () => import('./programme.ts'),
  },
  key: {
    summary: 'API keys for tills, ERPs and accounting systems: make, list, revoke',
    load: () => import('./key.ts'),
  },
  experiment: {
    summary: 'what a rule that is tried out on a part of its audience brings',
    load: () => import('./experiment.ts'),
  },
  replay: {
    summary: 'run rules over what really happened and tell what they would have cost',
    load: () => import('./replay.ts'),
  },
  'eval ocr': {
    summary: 'measure the reading of receipts on a labelled folder',
    load: () => import('./eval-ocr.ts'),
  },
  bench: {
    summary: 'measure how fast it is on this machine, against floors and peers in the same run',
    load: () => import('./bench.ts'),
  },
  doctor: { summary: 'tell what is wrong with this installation', load: () => import('./doctor.ts') },
  migrate: {
    summary: 'bring the database to this version, as every start does',
    load: () => import('./migrate.ts'),
  },
  partition: {
    summary: 'show the partitions of the ledger, or begin a new one as it grows',
    load: () => import('./partition.ts'),
  },
};

// A reader that leaves early, such as `head`, is no reason to stop half-way.
process.stdout.on('error', () => {});
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const [first = '--help', second] = args;
  if (['--help', '-h', 'help'].includes(first)) return tellCommands();
  // `eval ocr` is a command of two words.
  const name = commands[`${first} ${second}`] ? `${first} ${second}` : first;
  const entry = commands[name];
  if (!entry) {
    process.stderr.write(`There is no command "${first}". Run "npx mitra --help" for the list.\n`);
    return 2;
  }
  const command = await entry.load();
  const rest = args.slice(name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    say(`mitra ${name}: ${entry.summary}\n\n${command.usage}`);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    return tellProblem(error, command);
  }
}

function tellCommands(): number {
  say('Mitra: see every sale your trade partners make, and reward the people who made it.\n');
  say('Usage: npx mitra COMMAND [options]\n');
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2;
  for (const [name, { summary }] of Object.entries(commands)) say(`  ${name.padEnd(width)}${summary}`);
  say('\n"npx mitra COMMAND --help" tells the options of one command. New here? Run "npm run demo".\n');
  say('Settings are read from the environment; none of them is required:\n');
  for (const { name, fallback, unit, doc } of settings) {
    say(`  ${name}${unit ? ` (${unit})` : ''}${fallback ? `, default ${fallback}` : ''}`);
    say(`      ${doc}`);
  }
  return 0;
}

/** A problem in words stays in words; anything else is a bug and shows where it happened. */
function tellProblem(error: unknown, command: Command): number {
  if (error instanceof UsageProblem) {
    process.stderr.write(`${error.message}\n\n${command.usage}\n`);
    return 2;
  }
  const known = error instanceof ConfigProblem || error instanceof DatabaseProblem;
  process.stderr.write(`${known ? error.message : ((error as Error).stack ?? String(error))}\n`);
  return 1;
}
