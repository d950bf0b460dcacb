import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { applyProgramme, exportProgramme, type Applied, type NotApplied } from '../flow/apply-programme.ts';
import { problemOf } from '../http/problem.ts';
import { listProgrammes } from '../network/programmes.ts';
import { staffByIds, staffIdOf } from '../network/staff.ts';
import { sayProblem } from '../flow/say-problem.ts';
import type { DocumentProblem, ProgrammeDocuments } from '../programme/document.ts';
import { isEmptyPlan, planProgramme } from '../programme/plan.ts';
import { runExamples } from '../programme/run-examples.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { pickTenant } from './pick-tenant.ts';
import { readExamples, readProgramme, writeProgramme } from './programme-folder.ts';
import { tellPlan } from './tell-plan.ts';

export const usage = `Usage: npx mitra programme test|plan|apply|export DIR [options]

A programme as code: DIR holds programme.json, rules/CODE.json, and tests/*.json with examples of what is awarded and why.

  test DIR     run the examples; needs no database. Exit code 1 when one fails
  plan DIR     tell what differs from what is live, field by field, and write nothing. Exit code 0: nothing, 2: something
  apply DIR    save what differs as drafts, all of it or nothing; with --launch let it take effect. An older folder rolls back
  export DIR   write what is live as such a folder

  --by CODE        who acts: a manager, or a controller who approves (apply)
  --launch         launch the drafts, change the programme's settings, retire live rules that are not in DIR (apply)
  --waive REASON   why rules that were not replayed may go live all the same (apply --launch)
  --programme CODE which programme (export; may be left out where there is only one)
  --tenant CODE    whose (may be left out where there is only one tenant)
  --json           print one JSON document`;

const options = {
  by: { type: 'string' },
  launch: { type: 'boolean' },
  waive: { type: 'string' },
  programme: { type: 'string' },
  tenant: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = {
  by?: string | undefined;
  launch?: boolean | undefined;
  waive?: string | undefined;
  programme?: string | undefined;
  tenant?: string | undefined;
  json?: boolean | undefined;
};

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(args, options, ['ACTION', 'DIR']);
  const [action, folder] = positionals;
  if (action === 'export') return exportTo(folder, values);
  if (action !== 'test' && action !== 'plan' && action !== 'apply')
    throw new UsageProblem('What is to be done: test, plan, apply or export?');
  const read = readProgramme(folder);
  if (!read.ok) return tellProblems(read.problems, values);
  if (action === 'test') return test(folder!, read.documents, values);
  return action === 'plan' ? plan(read.documents, values) : apply(read.documents, values);
}

function test(folder: string, documents: ProgrammeDocuments, { json }: Values): number {
  const read = readExamples(folder);
  if (!read.ok) return tellProblems(read.problems, { json });
  const results = read.files.flatMap(({ file, examples }) =>
    runExamples(documents, examples).map((result) => ({ file, ...result })),
  );
  const failed = results.filter(({ differences }) => differences.length > 0).length;
  const passed = results.length - failed;
  if (json) printJson({ passed, failed, results });
  else {
    for (const { file, name, differences } of results) {
      say(`${differences.length === 0 ? 'passed' : 'FAILED'}  ${file}: ${name}`);
      for (const { about, expected, found } of differences)
        say(`          ${about}: expected ${expected}, found ${found}`);
    }
    if (results.length === 0) say(`There are no tests in ${folder}/tests.`);
    say(`${passed} passed, ${failed} failed`);
  }
  // Tests that look at nothing always agree.
  return failed > 0 || results.length === 0 ? 1 : 0;
}

async function plan(documents: ProgrammeDocuments, values: Values): Promise<number> {
  const { code } = documents.programme;
  const planned = planProgramme(await inTenant(values, (tx) => exportProgramme(tx, code)), documents);
  if (values.json) printJson(planned);
  else for (const line of tellPlan(code, planned)) say(line);
  return isEmptyPlan(planned) ? 0 : 2;
}

async function apply(documents: ProgrammeDocuments, values: Values): Promise<number> {
  const { by, launch, waive: waiver } = values;
  if (!by) throw new UsageProblem('Who acts? Give --by with the code of a manager.');
  const applied = await inTenant(values, async (tx) => {
    const [staff] = await staffByIds(tx, [staffIdOf(tx, by)]);
    if (!staff) throw new UsageProblem(`There is nobody with the code "${by}" among the staff.`);
    return applyProgramme(tx, documents, staff, new Date(), { launch, waiver });
  });
  if (values.json) printJson(applied);
  else tellApplied(documents.programme.code, applied);
  return applied.ok ? 0 : 1;
}

function tellApplied(code: string, applied: Applied | NotApplied): void {
  if (!applied.ok) {
    process.stderr.write(
      `${applied.document}: ${problemOf(applied, 'en').detail}\nNothing of it was applied.\n`,
    );
    return;
  }
  for (const line of tellPlan(code, applied.plan)) say(line);
  for (const { code, version, state, beyond } of applied.rules)
    say(
      `${code}: version ${version} is ${state === 'draft' ? 'a draft' : state}` +
        (beyond
          ? `; it may cost ${beyond.units ?? 'nobody knows how many'} ${beyond.asset}, and one person may launch ${beyond.limit}. A second person approves it by the same command.`
          : ''),
    );
}

async function exportTo(folder: string | undefined, values: Values): Promise<number> {
  if (!folder) throw new UsageProblem('Into which folder?');
  const documents = await inTenant(values, async (tx) => {
    const programmes = await listProgrammes(tx);
    const found = programmes.filter(({ code }) => code === (values.programme ?? code));
    if (found.length !== 1)
      throw new UsageProblem(
        `Which programme? Name it with --programme (there are: ${programmes.map(({ code }) => code).join(', ') || 'none yet'}).`,
      );
    return (await exportProgramme(tx, found[0]!.code))!;
  });
  const files = writeProgramme(folder, documents);
  if (values.json) printJson({ files });
  else if (files.length === 0) say(`${folder} says so already.`);
  else for (const file of files) say(`wrote ${file}`);
  return 0;
}

async function inTenant<T>(values: Values, work: (tx: Tx) => Promise<T>): Promise<T> {
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    return await withTenant(db, (await pickTenant(db, values.tenant)).tenant, work);
  } finally {
    await db.close();
  }
}

function tellProblems(problems: readonly DocumentProblem[], { json }: Values): number {
  const told = problems.map((one) => ({
    document: one.document,
    at: one.at,
    sentence: sayProblem(one, 'en'),
  }));
  if (json) printJson({ problems: told });
  else
    for (const { document, at, sentence } of told)
      process.stderr.write(`${document}${at ? `, ${at}` : ''}: ${sentence}\n`);
  return 1;
}
