import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import {
  parseProgramme,
  type DocumentProblem,
  type OtherDocument,
  type ProgrammeDocuments,
} from '../programme/document.ts';
import { parseExamples, type Example } from '../programme/example.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { UsageProblem } from './command.ts';

/** Examples of one file. */
export type ExampleFile = { file: string; examples: Example[] };

/** Where documents that are no rules lie, by their kind. */
const folders = {
  tiers: 'tiers',
  segment: 'segments',
  discount: 'discounts',
  list: 'lists',
} as const satisfies Record<OtherDocument['kind'], string>;

type Read<T> = ({ ok: true } & T) | { ok: false; problems: DocumentProblem[] };

/**
 * Reads a programme's folder: `programme.json`, `rules/*.json` and what stands beside the rules. Throws UsageProblem where there is none; what is wrong in
 * the documents is answered, each with its file.
 */
export function readProgramme(folder: string | undefined): Read<{ documents: ProgrammeDocuments }> {
  if (!folder) throw new UsageProblem('Which folder?');
  if (!existsSync(path.join(folder, 'programme.json')))
    throw new UsageProblem(`There is no programme.json in ${folder}.`);
  const frame = readJson(folder, 'programme.json');
  const rules = filesIn(folder, 'rules').map((file) => ({ file, ...readJson(folder, file) }));
  const others = Object.values(folders).flatMap((name) =>
    filesIn(folder, name).map((file) => ({ file, ...readJson(folder, file) })),
  );
  const unreadable = [frame, ...rules, ...others].flatMap((one) => ('problem' in one ? one.problem : []));
  if (unreadable.length > 0) return { ok: false, problems: unreadable };
  const parsed = parseProgramme({
    programme: valueOf(frame),
    rules: rules.map(valueOf),
    others: others.map(valueOf),
  });
  // A file is found by its rule's code.
  const misnamed = rules.flatMap((one): DocumentProblem[] => {
    const code = (valueOf(one) as { code?: unknown } | null)?.code;
    if (typeof code !== 'string' || one.file === `rules/${code}.json`) return [];
    return [{ document: one.file, at: 'code', why: 'misnamed', facts: { code } }];
  });
  if (parsed.ok && misnamed.length === 0) return parsed;
  return { ok: false, problems: [...misnamed, ...(parsed.ok ? [] : parsed.problems)] };
}

/** Reads `tests/*.json` of a programme's folder. */
export function readExamples(folder: string): Read<{ files: ExampleFile[] }> {
  const files: ExampleFile[] = [];
  const problems: DocumentProblem[] = [];
  for (const file of filesIn(folder, 'tests')) {
    const read = readJson(folder, file);
    if ('problem' in read) {
      problems.push(read.problem);
      continue;
    }
    const parsed = parseExamples(read.value);
    if (parsed.ok) files.push({ file, examples: parsed.examples });
    else problems.push(...parsed.problems.map((problem) => ({ ...problem, document: file })));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, files };
}

/**
 * Writes a programme as a folder and answers the files that it wrote. A file that says the same already is left as it is
 * written, files of rules that there are no more go, and tests are left alone.
 */
export function writeProgramme(folder: string, { programme, rules, others }: ProgrammeDocuments): string[] {
  const files = new Map<string, unknown>([
    ['programme.json', programme],
    ...rules.map((rule) => [`rules/${rule.code}.json`, rule] as const),
    ...others.map((other) => [`${folders[other.kind]}/${other.code}.json`, other] as const),
  ]);
  for (const name of ['rules', ...Object.values(folders)])
    for (const file of filesIn(folder, name)) if (!files.has(file)) rmSync(path.join(folder, file));
  for (const file of files.keys()) mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
  const changed = [...files].filter(([file, document]) => !says(folder, file, document));
  for (const [file, document] of changed)
    writeFileSync(path.join(folder, file), `${JSON.stringify(document, null, 2)}\n`);
  return changed.map(([file]) => file);
}

function filesIn(folder: string, name: string): string[] {
  const place = path.join(folder, name);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => `${name}/${file}`);
}

// However it is laid out, and in whatever order its fields stand.
function says(folder: string, file: string, document: unknown): boolean {
  if (!existsSync(path.join(folder, file))) return false;
  return canonicalJson(valueOf(readJson(folder, file))) === canonicalJson(document);
}

type FileRead = { value: unknown } | { problem: DocumentProblem };

function readJson(folder: string, file: string): FileRead {
  try {
    return { value: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { problem: { document: file, at: '', why: 'not-json-file', facts: { detail: error.message } } };
  }
}

function valueOf(read: FileRead): unknown {
  return 'value' in read ? read.value : null;
}
