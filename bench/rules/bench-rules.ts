import assert from 'node:assert/strict';

import { compileDocument, type CompiledRule } from '../../src/rules/compile.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import { basketOf, viewOf } from '../../src/rules/evaluate-scope.ts';
import type { Evaluation, Subject } from '../../src/rules/evaluation.ts';
import { keptText } from '../../src/rules/evaluations.ts';
import { compileExpression, type Expression } from '../../src/rules/expression.ts';
import { bindRules, type RuleBook } from '../../src/rules/select.ts';
import { nameId } from '../../src/shared/id.ts';
import { seededChance } from '../chance.ts';
import { judgeGoals, type BenchDocument, type BenchOptions, type Goal } from '../document.ts';
import { describeMachine } from '../machine.ts';
import { tell } from '../progress.ts';
import { cpuSpeedOf, cpuSpeedRatio, interleave, speedOf, type Candidate, type Slice } from '../rounds.ts';
import { rounded } from '../statistics.ts';
import { jsonRulesEngine, plainCel, type Matcher } from './peers.ts';
import { conditionsPerRule, conditionTexts, documentOf, expressionOf, ruleSet } from './rule-set.ts';
import { linesPerActivity, makeSubjects } from './subjects.ts';

/** What is aimed at, in the same run on the same rules. */
const goals = {
  vsJsonRulesEngine: { what: 'activities a second, times those of json-rules-engine', atLeast: 50 },
  vsUnindexedCel: { what: 'the same, times those of plain cel-js over all rules', atLeast: 10 },
  compiledVsInterpreted: {
    what: 'conditions of ten comparisons, half of them true, a second: compiled, times interpreted',
    atLeast: 50,
  },
} as const satisfies Record<string, Goal>;

export type Plan = { rules: number; manyRules: number; activities: number; rounds: number; seconds: number };

const plans: Record<'quick' | 'full', Plan> = {
  quick: { rules: 200, manyRules: 2000, activities: 100, rounds: 2, seconds: 0.6 },
  full: { rules: 200, manyRules: 2000, activities: 2000, rounds: 7, seconds: 3 },
};

/** Measures evaluation alone, without a database. `size`: the number of rules. */
export async function benchRules({ quick, size }: BenchOptions): Promise<BenchDocument> {
  const usual = plans[quick ? 'quick' : 'full'];
  return measureRules({ ...usual, rules: size ?? usual.rules }, quick);
}

/** The same with any plan. */
export async function measureRules(plan: Plan, quick: boolean): Promise<BenchDocument> {
  const machine = await describeMachine(null);
  const subjects = makeSubjects(plan.activities, seededChance(1));
  const engine = await jsonRulesEngine(ruleSet(plan.rules), subjects);
  if (!engine)
    tell('json-rules-engine is not installed (npm install --include=dev), so nothing is compared with it');
  const book = bookOf(plan.rules, 'run');
  const candidates = await candidatesFor(plan, book, subjects, engine);
  // What runs often is compiled by the machine while it runs: that is to be over before the clock starts.
  for (const candidate of Object.values(candidates)) await candidate(Math.min(plan.seconds, warmUpSeconds));
  const slices = await interleave(candidates, plan);
  const speeds = Object.entries(slices).map(([name, some]) => [`${name}PerSecond`, rounded(speedOf(some))]);
  const ratios = ratiosOf(slices, engine !== null);
  return {
    bench: 'rules',
    quick,
    ratios,
    figures: {
      ...Object.fromEntries(speeds),
      ...(engine ? {} : { enginePerSecond: null }),
      indexedPerCpuSecond: rounded(cpuSpeedOf(slices.indexed)),
      ...contentsOf(book, subjects),
    },
    goals: judgeGoals(goals, ratios),
    sizes: {
      rules: plan.rules,
      conditionsPerRule,
      manyRules: plan.manyRules,
      activities: plan.activities,
      linesPerActivity,
      rounds: plan.rounds,
      secondsPerSlice: plan.seconds,
    },
    machine,
  };
}

async function candidatesFor(
  plan: Plan,
  book: RuleBook,
  subjects: readonly Subject[],
  engine: Matcher | null,
) {
  const rules = ruleSet(plan.rules);
  const interpreted = bookOf(plan.rules, 'interpret');
  const many = bookOf(plan.manyRules, 'run');
  const cel = plainCel(rules, subjects);
  await checkSame(book, subjects, [cel, ...(engine ? [engine] : [])]);
  tell('all engines give the same rules; now in turn');
  const conditions = conditionTexts(plan.rules).map(expressionFor);
  const selective = rules.map((rule) => expressionFor(expressionOf(rule)));
  return {
    indexed: judging(book, subjects, 'candidates'),
    unindexed: judging(book, subjects, 'all'),
    indexedInterpreted: judging(interpreted, subjects, 'candidates'),
    unindexedInterpreted: judging(interpreted, subjects, 'all'),
    manyIndexed: judging(many, subjects, 'candidates'),
    manyUnindexed: judging(many, subjects, 'all'),
    cel: matching(cel, subjects),
    engine: engine ? matching(engine, subjects) : nothing,
    compiledConditions: running(conditions, subjects, 'run'),
    interpretedConditions: running(conditions, subjects, 'interpret'),
    compiledSelective: running(selective, subjects, 'run'),
    interpretedSelective: running(selective, subjects, 'interpret'),
  };
}

type Slices = Record<keyof Awaited<ReturnType<typeof candidatesFor>>, Slice[]>;

// By CPU-seconds of this process, so that others who use the machine disturb little.
function ratiosOf(slices: Slices, withEngine: boolean): Record<string, number | null> {
  const ratio = (these: keyof Slices, those: keyof Slices) =>
    rounded(cpuSpeedRatio(slices[these], slices[those]));
  return {
    vsJsonRulesEngine: withEngine ? ratio('indexed', 'engine') : null,
    vsUnindexedCel: ratio('indexed', 'cel'),
    compiledVsInterpreted: ratio('compiledConditions', 'interpretedConditions'),
    compiledVsInterpretedSelective: ratio('compiledSelective', 'interpretedSelective'),
    unindexedVsCel: ratio('unindexed', 'cel'),
    indexedVsUnindexed: ratio('indexed', 'unindexed'),
    indexedVsUnindexedMany: ratio('manyIndexed', 'manyUnindexed'),
  };
}

function contentsOf(book: RuleBook, subjects: readonly Subject[]): Record<string, number | null> {
  const kept = evaluate(book, subjects, { consider: 'candidates' });
  const all = evaluate(book, subjects);
  return {
    considered: rounded(mean(kept.map(({ considered }) => considered.length))),
    fired: rounded(mean(kept.map((one) => firedOf(one).length))),
    storedBytes: rounded(mean(kept.map(bytesOf))),
    storedBytesOfAll: rounded(mean(all.map(bytesOf))),
  };
}

const warmUpSeconds = 0.4;
type How = 'run' | 'interpret';

function bookOf(count: number, how: How): RuleBook {
  return bindRules(
    ruleSet(count).map((rule): CompiledRule => {
      const result = compileDocument(documentOf(rule));
      assert(result.ok, 'the rules of the benchmark are in order');
      const { condition, ...rest } = result.compiled;
      return {
        id: nameId('bench', rule.code),
        version: 1,
        document: result.document,
        effectiveFrom: null,
        effectiveUntil: null,
        ...rest,
        condition: condition && { ...condition, run: condition[how] },
      };
    }),
  );
}

function expressionFor(text: string): Expression {
  const result = compileExpression(text, 'bool');
  assert(result.ok, 'the conditions of the benchmark are in order');
  return result.expression;
}

// Slower or faster means nothing where something else is calculated.
async function checkSame(
  book: RuleBook,
  subjects: readonly Subject[],
  peers: readonly Matcher[],
): Promise<void> {
  const both = [evaluate(book, subjects), evaluate(book, subjects, { consider: 'candidates' })];
  for (const place of subjects.keys()) {
    const expected = firedOf(both[0]![place]!);
    assert.deepEqual(firedOf(both[1]![place]!), expected);
    for (const peer of peers) assert.deepEqual((await peer(place)).toSorted(), expected);
  }
}

function firedOf({ considered }: Evaluation): string[] {
  return considered.flatMap(({ fired, code }) => (fired ? [code] : [])).toSorted();
}

function judging(book: RuleBook, subjects: readonly Subject[], consider: 'all' | 'candidates'): Candidate {
  return timed(subjects.length, (place) => evaluate(book, [subjects[place]!], { consider }));
}

function matching(matcher: Matcher, subjects: readonly Subject[]): Candidate {
  return timed(subjects.length, matcher);
}

function running(expressions: readonly Expression[], subjects: readonly Subject[], how: How): Candidate {
  const rule = bookOf(1, 'run').rules[0]!;
  const values = subjects.map((subject) => {
    const view = viewOf(subject);
    return basketOf(rule, view.lines, view).values;
  });
  const runs = expressions.map((expression) => expression[how]);
  return timed(subjects.length, (place) => {
    for (const run of runs) run(values[place]!);
  });
}

const nothing: Candidate = async () => ({ done: 0, seconds: 1, cpuSeconds: 1 });
const atOnce = 20;

/** Goes through the subjects again and again. The CPU-seconds are this process's: nothing else works for it. */
function timed(subjects: number, work: (subject: number) => unknown): Candidate {
  let place = 0;
  return async (seconds) => {
    const cpu = process.cpuUsage();
    const started = performance.now();
    let done = 0;
    while (performance.now() - started < seconds * 1000)
      for (let each = 0; each < atOnce; each += 1) {
        const result = work(place);
        if (result instanceof Promise) await result;
        place = (place + 1) % subjects;
        done += 1;
      }
    const { user, system } = process.cpuUsage(cpu);
    return { done, seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}

function bytesOf(evaluation: Evaluation): number {
  return Buffer.byteLength(keptText(evaluation));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
