import { readConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { checkDatabase } from './doctor-database.ts';
import { checkMachine } from './doctor-machine.ts';
import { printJson, readArgs, say } from './command.ts';

export const usage = `Usage: npx mitra doctor [--json]

Looks at everything that Mitra needs and says in words what is wrong and what to do. Changes nothing but this: an embedded
database that does not run is started for the time of the look. Exit code 1 when something is wrong.

  --json   print one JSON document: {"ok", "checks": [{"name", "state", "words"}]}`;

/** One thing that was looked at. `note`: it works, and there is something to know. */
export type Check = { name: string; state: 'ok' | 'note' | 'wrong'; words: string };

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, { json: { type: 'boolean' } });
  const checks: Check[] = [];
  const marks = { ok: 'ok   ', note: 'note ', wrong: 'WRONG' };
  for await (const check of look()) {
    checks.push(check);
    if (!values.json)
      say(`${marks[check.state]}  ${check.name}: ${check.words.replaceAll('\n', '\n         ')}`);
  }
  const wrong = checks.filter((check) => check.state === 'wrong').length;
  if (values.json) printJson({ ok: wrong === 0, checks });
  else say(wrong === 0 ? '\nMitra can run here.' : `\n${wrong} of ${checks.length} need attention.`);
  return wrong === 0 ? 0 : 1;
}

async function* look(): AsyncGenerator<Check> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    yield { name: 'settings', state: 'wrong', words: (error as Error).message };
    return;
  }
  yield { name: 'settings', state: 'ok', words: `data folder ${config.dataFolder}, port ${config.port}` };
  yield* checkMachine(config);
  yield* checkDatabase(config);
}
