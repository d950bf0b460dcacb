import { readFileSync, readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/**
 * Keeps the house tidy: the table of rooms of ARCHITECTURE.md is code here, so it cannot go stale. Each failure says
 * what to do. Every check also says how much it has checked, for a checker that looks at nothing always agrees.
 */

const root = path.resolve(import.meta.dirname, '..');
const fileLinesMax = 400;
const functionLinesMax = 70;

const rooms: Record<string, readonly string[]> = {
  shared: [],
  db: ['shared'],
  ledger: ['db', 'shared'],
  network: ['db', 'shared'],
  notify: ['db', 'shared'],
  evidence: ['network', 'db', 'shared'],
  activity: ['evidence', 'network', 'db', 'shared'],
  rules: ['activity', 'network', 'db', 'shared'],
  progress: ['rules', 'activity', 'network', 'db', 'shared'],
  replay: ['progress', 'rules', 'activity', 'network', 'db', 'shared'],
  programme: ['progress', 'rules', 'activity', 'network', 'db', 'shared'],
  flow: [
    'evidence',
    'activity',
    'rules',
    'progress',
    'programme',
    'replay',
    'ledger',
    'network',
    'notify',
    'db',
    'shared',
  ],
};
const readable = [
  'flow',
  'evidence',
  'activity',
  'rules',
  'progress',
  'programme',
  'replay',
  'ledger',
  'network',
  'notify',
  'db',
  'shared',
];
const edges: Record<string, readonly string[]> = {
  http: readable,
  jobs: readable,
  cli: [...readable, 'http', 'jobs'],
};
const table: Record<string, readonly string[]> = { ...rooms, ...edges };

/** Files at the top of `src` that any room may read, and the files that start everything. */
const topFiles = ['config.ts', 'log.ts'];

type Source = { file: string; text: string; imports: string[] };

const sources: Source[] = ['src', 'web', 'demo', 'test', 'bench'].flatMap(filesBelow).map((file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = [
    ...text.matchAll(
      /^(?:import|export)\s[^;]*?from\s+'(\.[^']+)'|^import\s+'(\.[^']+)'|import\('(\.[^']+)'\)|new URL\('(\.[^']+)'/gm,
    ),
  ];
  const imports = found.map((m) =>
    path.posix.join(path.posix.dirname(file), (m[1] ?? m[2] ?? m[3] ?? m[4])!),
  );
  return { file, text, imports };
});

function filesBelow(folder: string): string[] {
  const at = path.join(root, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        /\.(ts|tsx)$/.test(name) && !/(^|\/)(dist|node_modules)\//.test(name) && !name.endsWith('.d.ts'),
    )
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

const roomOf = (file: string): string | null => /^src\/([^/]+)\//.exec(file)?.[1] ?? null;
const isTest = (file: string): boolean => file.startsWith('test/') || /\.test\.tsx?$/.test(file);

test('each room imports only what the table of rooms allows', () => {
  const wrong: string[] = [];
  let checked = 0;
  for (const { file, imports } of sources) {
    const room = roomOf(file);
    if (room === null || isTest(file)) continue;
    const may = table[room];
    if (!may) {
      wrong.push(
        `${file} lies in an unknown room; add ${room} to the table in test/tidy.test.ts and ARCHITECTURE.md`,
      );
      continue;
    }
    for (const to of imports) {
      checked++;
      const target = roomOf(to);
      if (target === room || (target !== null && may.includes(target))) continue;
      if (target === null && (topFiles.some((top) => to === `src/${top}`) || to.startsWith('web/texts/')))
        continue;
      if (room === 'cli' && (to === 'src/main.ts' || /^(demo|bench)\//.test(to))) continue;
      wrong.push(`${file} imports ${to}; move the call to src/flow or the code to the room it belongs to`);
    }
  }
  expect(wrong).toEqual([]);
  expect(checked).toBeGreaterThan(100);
});

test('evaluation of rules reads no database, no clock and no chance', () => {
  const pure = sources.filter(
    ({ file }) => /^src\/(?:rules|progress)\/evaluate[^/]*\.ts$/.test(file) && !isTest(file),
  );
  expect(pure.length).toBeGreaterThan(0);
  for (const { file, text, imports } of pure) {
    expect(
      imports.filter((to) => to.startsWith('src/db/')),
      `${file} must not import the database`,
    ).toEqual([]);
    expect(
      /Date\.now|new Date\(\)|Math\.random|randomUUID|process\.env/.test(text),
      `${file} must stay pure`,
    ).toBe(false);
  }
});

test('pages never import the server', () => {
  const pages = sources.filter(({ file }) => file.startsWith('web/'));
  expect(pages.length).toBeGreaterThan(0);
  const wrong = pages.flatMap(({ file, imports }) =>
    imports.filter((to) => to.startsWith('src/')).map((to) => `${file} imports ${to}`),
  );
  expect(wrong).toEqual([]);
});

test('no imports go round in circles', () => {
  const graph = new Map(
    sources.filter(({ file }) => !isTest(file)).map(({ file, text }) => [file, valueImports(file, text)]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, trail: string[]): void => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
    if (done.has(file) || trail.includes(file)) return;
    for (const to of graph.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  expect(circles).toEqual([]);
  expect(done.size).toBeGreaterThan(50);
});

// Types vanish before the program runs; only values can make a circle.
function valueImports(file: string, text: string): string[] {
  return [...text.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from\s+'(\.[^']+)'/gm)].map((m) =>
    path.posix.join(path.posix.dirname(file), m[1]!),
  );
}

test('files and functions stay short enough to read', () => {
  const long: string[] = [];
  for (const { file, text } of sources) {
    const lines = text.split('\n');
    if (lines.length > fileLinesMax + 1)
      long.push(`${file} has ${lines.length} lines; a file of more than ${fileLinesMax} hides a noun`);
    if (isTest(file)) continue;
    for (const { name, length } of functionsOf(lines))
      if (length > functionLinesMax)
        long.push(`${file}: ${name} has ${length} lines; more than ${functionLinesMax} hide two functions`);
  }
  expect(long).toEqual([]);
  expect(sources.length).toBeGreaterThan(50);
});

// Formatted code ends a function with a brace in the column in which its first line starts.
function functionsOf(lines: readonly string[]): { name: string; length: number }[] {
  const found: { name: string; length: number }[] = [];
  for (const [start, line] of lines.entries()) {
    const match = /^(\s*)(?:export\s+)?(?:default\s+)?(?:async\s+)?function\*?\s*(\w+)/.exec(line);
    if (!match) continue;
    const end = lines.findIndex((other, at) => at > start && other === `${match[1]}}`);
    if (end > 0) found.push({ name: match[2]!, length: end - start + 1 });
  }
  return found;
}

test('every file is used by another', () => {
  const used = new Set(sources.flatMap(({ imports }) => imports));
  const entries =
    /^(src\/(cli\/mitra|main|http\/write-api)\.ts|test\/|bench\/|demo\/make-|web\/.*(vite\.config|main)\.tsx?$)|\.test\.tsx?$|\/train\/|worker\.ts$/;
  const unused = sources.map(({ file }) => file).filter((file) => !used.has(file) && !entries.test(file));
  expect(unused).toEqual([]);
});

test('every room has a README that tells what it is for', () => {
  const missing = Object.keys(table).filter((room) => !existsSync(path.join(root, 'src', room, 'README.md')));
  expect(missing).toEqual([]);
});

test('open ends name their issue', () => {
  const open = sources.flatMap(({ file, text }) =>
    text
      .split('\n')
      .flatMap((line, at) =>
        /\b(TODO|FIXME|XXX)\b(?!.*#\d)/.test(line) && !file.endsWith('tidy.test.ts') && !/'XXX'/.test(line)
          ? [`${file}:${at + 1}`]
          : [],
      ),
  );
  expect(open).toEqual([]);
});

test('one word per idea: no other word for what design calls outlet, participant, transfer, evidence', () => {
  // [the word, where nobody may use it]; texts in other languages and prose are not code.
  const foreign =
    /\b(storeId|shopId|retailerId|userId|customerId|memberId|receiptId|documentId|transactionId|walletId)\b/;
  const found = sources.flatMap(({ file, text }) =>
    !file.endsWith('tidy.test.ts') && foreign.test(text) ? [`${file}: ${foreign.exec(text)![0]}`] : [],
  );
  expect(found).toEqual([]);
});

test('no page of prose names two titles or none', () => {
  const pages = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.md') && !/(^|\/)(node_modules|dist|\.mitra[^/]*)\//.test(name),
  );
  expect(pages.length).toBeGreaterThan(10);
  const wrong = pages.filter((name) => {
    const prose = readFileSync(path.join(root, name), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    return (prose.match(/^# /gm) ?? []).length !== 1;
  });
  expect(wrong).toEqual([]);
});
