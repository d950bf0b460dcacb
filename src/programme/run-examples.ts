import assert from 'node:assert/strict';

import type { Activity } from '../activity/activity.ts';
import { compileDocument, type CompiledRule } from '../rules/compile.ts';
import { evaluate } from '../rules/evaluate.ts';
import { armOf } from '../rules/evaluate-experiment.ts';
import { payeeName, type Payee } from '../rules/document-payee.ts';
import { awardsOf, type Evaluation, type Facts } from '../rules/evaluation.ts';
import { resolveLists } from '../rules/product-lists.ts';
import { bindRules, type RuleBook } from '../rules/select.ts';
import {
  nameId,
  type ActivityId,
  type Id,
  type OutletId,
  type ParticipantId,
  type ProductId,
  type ProgrammeId,
  type RuleId,
} from '../shared/id.ts';
import type { ProgrammeDocuments } from './document.ts';
import type { Example, ExampleActivity } from './example.ts';
import { reachExampleGoals } from './goal-examples.ts';

/** What an example asked for and what came out instead; no differences: it passed. */
export type ExampleResult = { name: string; differences: Difference[] };
export type Difference = { about: string; expected: string; found: string };

/** What came out: units and counts by what they are for, and the reason of each rule that was considered. */
type Outcome = { awards: Amounts; grants: Amounts; reasons: ReadonlyMap<string, string> };
type Amounts = readonly (readonly [string, bigint])[];

const none = 'nothing';

/** Runs examples through the evaluation that real activities go through. Pure: the same documents give the same results. */
export function runExamples(documents: ProgrammeDocuments, examples: readonly Example[]): ExampleResult[] {
  const book = bookOf(documents);
  return examples.map((example) => ({
    name: example.name,
    differences: differencesOf(example, judge(documents, book, example)),
  }));
}

function bookOf({ rules, others }: ProgrammeDocuments): RuleBook {
  const lists = others.flatMap((one) =>
    one.kind === 'list' ? [{ ...one, skus: new Set(one.skus), from: null, until: null }] : [],
  );
  return bindRules(
    rules.flatMap((given): CompiledRule[] => {
      const result = compileDocument(given);
      assert(result.ok, 'the documents of a programme were checked');
      const { document, compiled } = result;
      const id = nameId<RuleId>('example', 'rule', document.code);
      const rule = { id, version: 1, document, effectiveFrom: null, effectiveUntil: null, ...compiled };
      return resolveLists(rule, lists);
    }),
  );
}

function judge(documents: ProgrammeDocuments, book: RuleBook, example: Example): Outcome {
  const { timeZone } = documents.programme;
  const { kind = null, tier = null, segments = [] } = example.participant ?? {};
  const facts: Facts = {
    timeZone,
    participant: { kind, tier, segments },
    outlet: example.outlet ? { ...example.outlet, channel: example.outlet.channel ?? null } : null,
    links: linksOf(book, example.linked ?? []),
  };
  const actors = actorsOf(documents, example.heldOutOf ?? []);
  const activities = [...(example.before ?? []), example.activity].map((one, index) =>
    activityOf(documents, one, index, actors),
  );
  const evaluations = evaluate(
    book,
    activities.map((activity) => ({ activity, facts })),
  );
  const goals = reachExampleGoals(book, activities, evaluations, facts, example.targets ?? {});
  return outcomeOf(evaluations.at(-1)!, goals);
}

function outcomeOf(evaluation: Evaluation, goals: ReturnType<typeof reachExampleGoals>): Outcome {
  const reasons = new Map(evaluation.considered.map(({ code, reason }) => [code, reason.code as string]));
  for (const { code, reason } of goals) if (reasons.get(code) === 'counted') reasons.set(code, reason.code);
  const byGoals = goals.flatMap(({ code, awards }) => awards.map((award) => ({ code, ...award })));
  return {
    awards: [...awardsOf(evaluation), ...byGoals].map(
      ({ code, asset, units }) => [`${code}: ${asset}`, units] as const,
    ),
    grants: evaluation.considered.flatMap(({ code, grants = [] }) =>
      grants.map(({ kind, name, count }) => [`${code}: ${kind} ${name}`, BigInt(count)] as const),
    ),
    reasons,
  };
}

function linksOf(book: RuleBook, linked: readonly Payee[]): NonNullable<Facts['links']> {
  const known = new Set(linked.map(payeeName));
  return Object.fromEntries(
    book.payees.map(payeeName).map((name) => {
      const person = known.has(name) ? nameId<ParticipantId>('example', 'linked', name) : null;
      return [name, person];
    }),
  );
}

type Actors = { participant: ParticipantId; outlet: OutletId };

// An id decides who is held out, so the first id is taken that is held out of just the experiments that are asked for.
function actorsOf({ rules }: ProgrammeDocuments, heldOutOf: readonly string[]): Actors {
  const experiments = rules.flatMap(({ experiment }) => experiment ?? []);
  const idFor = <T extends Id<string>>(of: 'participant' | 'outlet'): T => {
    const own = experiments.filter((one) => one.of === of);
    for (let attempt = 0; ; attempt += 1) {
      const id = nameId<T>('example', of, String(attempt));
      const fits = own.every((one) => (armOf(one, id) === 'hold-out') === heldOutOf.includes(one.name));
      if (fits || attempt > 100_000) return id;
    }
  };
  return { participant: idFor('participant'), outlet: idFor('outlet') };
}

function activityOf(
  { programme }: ProgrammeDocuments,
  given: ExampleActivity,
  index: number,
  actors: Actors,
): Activity {
  const at = new Date(given.at);
  const lines = (given.lines ?? []).map((one, number) => ({
    line: number,
    text: one.text ?? one.sku ?? '',
    product: one.sku === undefined ? null : nameId<ProductId>('example', 'product', one.sku),
    sku: one.sku ?? null,
    category: one.category ?? null,
    isFocus: one.isFocus ?? false,
    quantityMilli: BigInt(one.quantityMilli),
    amountMinor: BigInt(one.amountMinor),
  }));
  const sum = lines.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  return {
    id: nameId<ActivityId>('example', 'activity', String(index)),
    version: 1,
    kind: given.kind ?? 'receipt',
    programme: nameId<ProgrammeId>('example', programme.code),
    evidence: null,
    ...actors,
    occurredAt: at,
    recordedAt: at,
    currency: given.currency ?? programme.currency,
    totalMinor: given.totalMinor === undefined ? sum : BigInt(given.totalMinor),
    pointsMinor: BigInt(given.pointsMinor ?? 0),
    ...(given.attributes && { attributes: given.attributes }),
    withdrawn: false,
    reason: null,
    lines,
  };
}

function differencesOf({ expect }: Example, found: Outcome): Difference[] {
  const awards = expect.awards.map(({ rule, asset, units }) => [`${rule}: ${asset}`, BigInt(units)] as const);
  const grants = expect.grants?.map(
    ({ rule, kind, name, count }) => [`${rule}: ${kind} ${name}`, BigInt(count)] as const,
  );
  const reasons = Object.entries(expect.reasons ?? {}).flatMap(([code, expected]): Difference[] => {
    const reason = found.reasons.get(code) ?? 'not considered';
    return reason === expected ? [] : [{ about: `reason of ${code}`, expected, found: reason }];
  });
  return [...compare(awards, found.awards), ...(grants ? compare(grants, found.grants) : []), ...reasons];
}

function compare(expected: Amounts, found: Amounts): Difference[] {
  const [wanted, given] = [addedUp(expected), addedUp(found)];
  return [...new Set([...wanted.keys(), ...given.keys()])]
    .filter((about) => wanted.get(about) !== given.get(about))
    .map((about) => ({
      about,
      expected: String(wanted.get(about) ?? none),
      found: String(given.get(about) ?? none),
    }));
}

function addedUp(rows: Amounts): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [about, units] of rows) sums.set(about, (sums.get(about) ?? 0n) + units);
  return sums;
}
