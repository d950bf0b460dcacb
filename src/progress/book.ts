import type { Tx } from '../db/transact.ts';
import { liveRules } from '../rules/read-rules.ts';
import type { RuleBook } from '../rules/select.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { bindCounters, type CounterBook, type CounterId } from './counter.ts';
import { countedBy, countersOf, goalsOf, type GoalVersions } from './goal.ts';

/** Everything in a programme that follows what adds up: its counters, and who asks for them. */
export type Followed = {
  counters: CounterBook;
  goals: readonly GoalVersions[];
  goalsByCounter: ReadonlyMap<CounterId, readonly GoalVersions[]>;
};

/** What a programme's live rules follow. Kept as long as the rules are the same. */
export async function followedBy(tx: Tx, programme: ProgrammeId): Promise<Followed> {
  const rules = await liveRules(tx, programme);
  const known = kept.get(rules);
  if (known) return known;
  const followed = follow(programme, rules);
  kept.set(rules, followed);
  return followed;
}

const kept = new WeakMap<RuleBook, Followed>();

function follow(programme: ProgrammeId, rules: RuleBook): Followed {
  const goals = goalsOf(rules);
  const goalsByCounter = new Map<CounterId, GoalVersions[]>();
  for (const goal of goals) {
    const pairs = goal.versions.map((rule) => countersOf(programme, rule));
    const ids = new Set(pairs.flatMap(({ part, whole }) => (whole === null ? [part] : [part, whole])));
    for (const id of ids) goalsByCounter.set(id, [...(goalsByCounter.get(id) ?? []), goal]);
  }
  const wanted = goals.flatMap(({ versions }) => versions.flatMap(countedBy));
  return { counters: bindCounters(programme, wanted), goals, goalsByCounter };
}
