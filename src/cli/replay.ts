import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { readConfig } from '../config.ts';
import { withTenant } from '../db/transact.ts';
import { replayAndKeep } from '../flow/replay-rules.ts';
import { log } from '../log.ts';
import { openApp } from '../main.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import { ReplayStopped } from '../replay/replay.ts';
import { sayProblem } from '../flow/say-problem.ts';
import { compileDocument } from '../rules/compile.ts';
import type { RuleDocument } from '../rules/document.ts';
import { isDay } from '../shared/time.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { pickTenant } from './pick-tenant.ts';
import { tellReplay } from './tell-replay.ts';

export const usage = `Usage: npx mitra replay [RULE_FILE|FOLDER ...] --from DAY --to DAY [options]

Runs rules over what really happened, by the day of the event, beside today's rules, and tells what they would have cost and for
whom. The rules of the files take the place of live ones with the same codes; without a file today's rules are replayed alone.
A folder is that of a programme, or of rules.
Nothing is posted. Ctrl-C ends it.

  --from, --to   first and last day, such as 2018-01-01
  --programme    code of the programme, where the tenant has several
  --tenant       code of the tenant, where there are several
  --threads N    how many threads evaluate; usually one for each core, at most 8
  --json         print one JSON document`;

export async function run(args: string[]): Promise<number> {
  const options = {
    from: { type: 'string' },
    to: { type: 'string' },
    programme: { type: 'string' },
    tenant: { type: 'string' },
    threads: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values, positionals } = readArgs(args, options, ['RULE_FILE']);
  const firstDay = readDay('--from', values.from);
  const lastDay = readDay('--to', values.to);
  if (lastDay < firstDay) throw new UsageProblem('--to is before --from.');
  const documents = positionals.flatMap(readRules);
  const codes = documents.map(({ code }) => code);
  const twice = codes.find((code, index) => codes.indexOf(code) < index);
  if (twice !== undefined) throw new UsageProblem(`There are two rules ${twice}.`);
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 64))
    throw new UsageProblem('--threads takes a number from 1 to 64.');
  const config = readConfig();
  log.level = values.json ? 'error' : config.logLevel;
  const { app, close } = await openApp(config, 'share');
  try {
    const { tenant } = await pickTenant(app.db, values.tenant);
    const programme = await withTenant(app.db, tenant, async (tx) =>
      pickProgramme(await listProgrammes(tx), values.programme),
    );
    const stopping = new AbortController();
    process.once('SIGINT', () => stopping.abort());
    const result = await replayAndKeep(app, { tenant, programme, documents, firstDay, lastDay }, 'operator', {
      login: app.db.workerLogin,
      signal: stopping.signal,
      onProgress: showProgress,
      ...(threads !== undefined && { threads }),
    });
    showProgress(0, 0);
    if (values.json)
      printJson({ programme: programme.code, rules: documents.map(({ code }) => code), ...result });
    else for (const line of tellReplay(programme, documents, result)) say(line);
    return 0;
  } catch (error) {
    if (!(error instanceof ReplayStopped)) throw error;
    process.stderr.write('\nThe replay was ended; nothing was kept.\n');
    return 1;
  } finally {
    await close();
  }
}

function readDay(name: string, text: string | undefined): string {
  if (text === undefined || !isDay(text)) throw new UsageProblem(`${name} takes a day such as 2018-01-01.`);
  return text;
}

function pickProgramme(programmes: readonly Programme[], code: string | undefined): Programme {
  const found = code === undefined ? programmes : programmes.filter((one) => one.code === code);
  if (found.length === 1) return found[0]!;
  const codes = programmes.map((one) => one.code).join(', ') || 'none yet';
  throw new UsageProblem(
    code === undefined
      ? `Which programme? Name it with --programme (there are: ${codes}).`
      : `There is no programme with the code "${code}" (there are: ${codes}).`,
  );
}

function readRules(given: string): RuleDocument[] {
  if (statSync(given, { throwIfNoEntry: false })?.isDirectory()) {
    // Of a whole programme its rules.
    if (existsSync(path.join(given, 'programme.json'))) return readRules(path.join(given, 'rules'));
    return readdirSync(given)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .flatMap((name) => readRules(path.join(given, name)));
  }
  const compiled = compileDocument(readJson(given));
  if (compiled.ok) return [compiled.document];
  const [problem] = compiled.problems;
  throw new UsageProblem(`${given}, ${problem!.at || 'the document'}: ${sayProblem(problem!, 'en')}`);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageProblem(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

// One line that is written over, for people only.
function showProgress(evaluated: number, expected: number): void {
  if (!process.stderr.isTTY) return;
  const share = expected > 0 ? `${Math.floor((evaluated * 100) / expected)} %` : '';
  process.stderr.write(`\r${share === '' ? '' : `${evaluated} of ${expected} (${share})`}\x1b[K`);
}
