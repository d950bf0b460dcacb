import assert from 'node:assert/strict';

import { compileParsed, type CompiledRule } from '../rules/compile.ts';
import type { Goal, Measure, RuleDocument } from '../rules/document.ts';
import { bindRules, type RuleBook } from '../rules/select.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { nameId, type Id, type RuleId } from '../shared/id.ts';

export type CounterId = Id<'counter'>;
/** For whom something is counted: a participant, an outlet or a partner. */
export type SubjectId = Id<string>;

/** What is counted, for whom: the activities that fit scope and condition, by the measure. */
export type Counted = {
  for: Goal['for'];
  measure: Measure | { of: 'earned'; asset: string };
  scope: RuleDocument['scope'];
  condition?: string | undefined;
};

/** The id says what is counted: whoever asks for the same shares it, and an edit that counts the same keeps it. */
export function counterIdOf(programme: Id<'programme'>, counted: Counted): CounterId {
  const { measure, scope, condition = '' } = counted;
  return nameId('counter', programme, canonicalJson([counted.for, measure, scope, condition]));
}

/** Counters with the activities that they count turned round: from an activity to its counters. */
export type CounterBook = {
  book: RuleBook;
  /** The counters that each entry of the book feeds. */
  counters: ReadonlyMap<CompiledRule, readonly Counter[]>;
  ids: readonly CounterId[];
};
export type Counter = { id: CounterId; counted: Counted };

/** Makes counters ready to count. Their conditions are those of rules that were saved, so they compile. */
export function bindCounters(programme: Id<'programme'>, wanted: readonly Counted[]): CounterBook {
  const counters = new Map<CounterId, Counter>();
  for (const counted of wanted) {
    const id = counterIdOf(programme, counted);
    counters.set(id, { id, counted });
  }
  const scopes = Map.groupBy(counters.values(), ({ counted: { scope, condition } }) =>
    canonicalJson([scope, condition ?? '']),
  );
  const bound = [...scopes.values()].map((together) => [compile(together[0]!), together] as const);
  return {
    book: bindRules(bound.map(([rule]) => rule)),
    counters: new Map(bound),
    ids: [...counters.keys()],
  };
}

// A counter chooses its activities as a rule does, so it is compiled as one.
function compile({ id, counted: { scope, condition } }: Counter): CompiledRule {
  const compiled = compileParsed({
    format: 1,
    code: id,
    texts: { en: { title: id, award: id } },
    scope,
    ...(condition !== undefined && { condition }),
    effects: [{ kind: 'award', leg: 'counted', asset: 'counted', per: 'activity', units: 1 }],
    rounding: { mode: 'down', at: 'activity' },
    stacking: { group: 'counters', order: 0, mode: 'sum' },
  });
  assert(compiled.ok, 'what a saved document counts can be counted');
  return {
    id: id as Id<string> as RuleId,
    version: 1,
    document: compiled.document,
    effectiveFrom: null,
    effectiveUntil: null,
    ...compiled.compiled,
  };
}
