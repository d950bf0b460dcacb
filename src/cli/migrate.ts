import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import { printJson, readArgs, say } from './command.ts';

export const usage = `Usage: npx mitra migrate [--json]

Applies the migrations that the database does not have yet, makes the roles, and puts up the walls between tenants.
Run it again after the tables were distributed over several nodes: it adds what cannot exist before.

  --json   print one JSON document: {"applied": [names]}`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, { json: { type: 'boolean' } });
  const applied: string[] = [];
  const db = await openDatabase(readConfig(), { mode: 'share', onApplied: (name) => applied.push(name) });
  await db.close();
  if (values.json) printJson({ applied });
  else if (applied.length === 0) say('The database is up to date.');
  else for (const name of applied) say(`applied ${name}`);
  return 0;
}
