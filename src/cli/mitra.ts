import { ConfigProblem, settings } from '../config.ts';
import { DatabaseProblem } from '../db/problem.ts';
import { say, UsageProblem } from './command.ts';
import type { Command } from './command.ts';

/** The program's commands, in the order in which a newcomer meets them. A new one is a file and a line here. */
const commands: Record<string, () => Promise<Command>> = {
  demo: () => import('./demo.ts'),
  start: () => import('./start.ts'),
  snap: () => import('./snap.ts'),
  explain: () => import('./explain.ts'),
  migrate: () => import('./migrate.ts'),
  doctor: () => import('./doctor.ts'),
};

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const [first = '--help', second] = args;
  if (['--help', '-h', 'help'].includes(first)) return tellCommands();
  // `eval ocr` is a command of two words.
  const name = commands[`${first} ${second}`] ? `${first} ${second}` : first;
  const load = commands[name];
  if (!load) {
    process.stderr.write(`There is no command "${first}". Run "npx mitra --help" for the list.\n`);
    return 2;
  }
  const command = await load();
  const rest = args.slice(name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) {
    say(`${command.summary}\n\n${command.usage}`);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    return tellProblem(error, command);
  }
}

async function tellCommands(): Promise<number> {
  say('Mitra: see every sale your trade partners make, and reward the people who made it.\n');
  say('Usage: npx mitra COMMAND [options]\n');
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 2;
  for (const [name, load] of Object.entries(commands))
    say(`  ${name.padEnd(width)}${(await load()).summary}`);
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
