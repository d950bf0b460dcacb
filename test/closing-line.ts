import { readFileSync } from 'node:fs';

import type { Reporter, TestModule, Vitest } from 'vitest/node';

/** A run of all test files sends at least so many different statements; fewer means that nobody is watching any more. */
const statementsMin = 100;

/**
 * Ends the run with one line that says how it went: `N passed, N failed`. Counts as one test more that every statement
 * which the run sent names its tenant: also those of a test that hid the error.
 */
export default class ClosingLine implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): Promise<void> {
    let passed = 0;
    // A file that could not be loaded and an error outside every test count as failures too.
    let failed = errors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
      }
    }
    const project = this.#vitest!.getRootProject();
    const { testFiles } = await project.globTestFiles();
    const isWhole = modules.length >= testFiles.length;
    const problems = judgeStatements(project.getProvidedContext().cluster.statementsFile, isWhole);
    if (problems.length > 0) {
      failed += 1;
      process.exitCode = 1;
    } else if (isWhole) passed += 1;
    // Written after the other reporters' own summary.
    process.once('exit', () => {
      for (const problem of problems) process.stdout.write(`${problem}\n`);
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
    });
  }
}

function judgeStatements(file: string, isWhole: boolean): string[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  // Several test processes may have sent the same statement.
  const statements = new Map<string, string | null>();
  for (const line of lines) {
    const { sql, problem } = JSON.parse(line) as { sql: string; problem: string | null };
    statements.set(sql, problem);
  }
  const problems = [...statements]
    .filter(([, problem]) => problem)
    .map(([sql, problem]) => `${problem}: ${sql}`);
  if (isWhole) {
    process.stdout.write(`\n${statements.size} different statements were read for their tenant\n`);
    if (statements.size < statementsMin)
      problems.push(`only ${statements.size} statements were seen: is Db.watch still called?`);
  }
  return problems;
}
