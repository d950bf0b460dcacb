import { viewOf, type View } from '../rules/evaluate-scope.ts';
import { usageKeysOf } from '../rules/evaluate-limits.ts';
import { evaluateOne } from '../rules/evaluate.ts';
import { awardsOf, usageName, type Evaluation, type Use } from '../rules/evaluation.ts';
import { candidatesOf, type RuleBook } from '../rules/select.ts';
import { countsBetween, countsOf, type Count } from '../progress/evaluate-counts.ts';
import type { Books } from './books.ts';
import { boundFor } from './bounds.ts';
import { isBefore, type Position, type Recorded } from './history.ts';
import type { Sequenced } from './limited-goals.ts';
import { addCount, type Holdings } from './sums.ts';
import { openUsage, type BothUsage } from './usage.ts';
import {
  addContribution,
  contributionsOf,
  emptyTally,
  rulesById,
  worlds,
  type Contribution,
  type Tally,
  type World,
} from './tally.ts';

/** A limit that participants share, such as a budget: whoever comes first gets it, in whichever part of the history. */
type SharedUse = {
  name: string;
  /** Below zero: given back by a correction. */
  units: bigint;
  bound: bigint;
  /** What does not fit as a whole gets nothing, and leaves no trace. */
  isWhole: boolean;
};

/** What participants of this part want of shared limits, in each world. */
export type Demand = Record<World, SharedUse[]>;

/** How much of the shared limits is used, in each world, where it changed. */
export type SharedUsage = Record<World, [name: string, units: bigint][]>;

/** From which day on activities are judged and told; what happened before only fills limits and counters. */
export type Days = { judgedFrom: string; toldFrom: string };

/** What a part came to: sums of awards, what counters hold, and what is taken back of goals under limits in the end. */
export type Finished = { tally: Tally; holdings: Holdings; sequenced: Sequenced[] };

/**
 * One part of the history on its way through both sets of rules. Limits of a participant are counted here; those that
 * participants share are counted by whoever runs all parts, who lets them try a stretch and then keep it or forget it.
 */
export type Shard = {
  /** Adds to what waits to be evaluated. */
  wait(recorded: Recorded): void;
  /** How much waits up to a position, and the one in the middle of it. */
  measure(until: Position | null): { count: number; middle: Position | null };
  last(): Position | null;
  /** Evaluates what waits up to a position. */
  attempt(until: Position | null, shared: SharedUsage): { count: number; demand: Demand; lastDay: string };
  /** Keeps what was tried; answers how much that was, and what it changes for goals under limits. */
  keep(): { count: number; sequenced: Sequenced[] };
  forget(): void;
  /** What it all came to; nothing more will come. */
  finish(): Finished;
};

/** What one version came to: kept for as long as a later version may replace it. */
type Outcome = { uses: Record<World, readonly Use[]>; contributions: Contribution[]; counts: Count[] };

export function openShard(books: Books, days: Days): Shard {
  const tally = emptyTally();
  const holdings: Holdings = new Map();
  const judge = openJudge(books, days);
  let waiting: Recorded[] = [];
  let tried: Tried[] = [];

  const add = ({ contributions, counts }: Outcome, sign: 1n | -1n) => {
    for (const one of contributions) addContribution(tally, one, sign);
    for (const count of counts) addCount(holdings, books.spans, count, sign);
  };
  const countUntil = (until: Position | null) => {
    if (!until) return waiting.length;
    const end = waiting.findIndex(({ position }) => isBefore(until, position));
    return end < 0 ? waiting.length : end;
  };

  return {
    wait: (one) => void waiting.push(one),
    last: () => waiting.at(-1)?.position ?? null,
    measure(until) {
      const count = countUntil(until);
      return { count, middle: waiting[Math.floor((count - 1) / 2)]?.position ?? null };
    },
    attempt(until, shared) {
      judge.tell(shared);
      const some = waiting.slice(0, countUntil(until));
      tried = some.map((one) => judge.attempt(one));
      return { count: some.length, demand: demandOf(books, tried), lastDay: tried.at(-1)?.day ?? '' };
    },
    keep() {
      for (const { one, day, before, outcome } of tried) {
        if (before) add(before, -1n);
        add(outcome, 1n);
        if (!one.isCorrected && !one.subject.activity.withdrawn && day >= days.toldFrom)
          tally.activities += 1;
      }
      judge.keep(tried);
      const sequenced = tried.flatMap(({ one: { position }, before, outcome }) =>
        sequencedOf(books, position, before?.counts ?? [], outcome.counts),
      );
      const count = tried.length;
      waiting = waiting.slice(count);
      tried = [];
      return { count, sequenced };
    },
    forget() {
      judge.forget(tried);
      tried = [];
    },
    finish() {
      const unfinished = [...judge.unfinished()];
      for (const outcome of unfinished) add(outcome, -1n);
      const position = { at: 8.64e15, id: '' };
      const sequenced = unfinished.flatMap(({ counts }) => sequencedOf(books, position, counts, []));
      return { tally, holdings, sequenced };
    },
  };
}

function sequencedOf(
  { sequenced }: Books,
  position: Position,
  before: readonly Count[],
  after: readonly Count[],
): Sequenced[] {
  if (sequenced.size === 0) return [];
  const taken = before.map((count) => ({ ...count, value: -count.value }));
  const counts = [...taken, ...after].filter(({ counter }) => sequenced.has(counter));
  return counts.length > 0 ? [{ position, counts }] : [];
}

/** A version that was evaluated for now, and what an earlier version of it had come to. */
type Tried = { one: Recorded; day: string; before: Outcome | undefined; outcome: Outcome };

/** Evaluates versions one after the other and keeps count of the limits; what was tried last can be forgotten again. */
function openJudge(books: Books, { judgedFrom, toldFrom }: Days) {
  const usage = openUsage(books.changed);
  const earlier = new Map<string, Outcome>();
  const judge = (view: View): Record<World, Evaluation> => {
    const live = evaluateOne(books.live, view, usage.of.live, 'fired');
    const proposed = isSame(books, view, usage)
      ? live
      : evaluateOne(books.proposed, view, usage.of.proposed, 'fired');
    return { live, proposed };
  };
  return {
    tell(shared: SharedUsage): void {
      for (const world of worlds) for (const [name, units] of shared[world]) usage.set(world, name, units);
    },
    attempt(one: Recorded): Tried {
      const { id } = one.subject.activity;
      const view = viewOf(one.subject);
      const { day } = view.wall;
      const before = earlier.get(id);
      const outcome: Outcome = { uses: noUses, contributions: [], counts: goalCounts(books, one, view) };
      if (before) for (const world of worlds) usage.use(world, before.uses[world], -1n);
      if (day >= judgedFrom) {
        const { live, proposed } = judge(view);
        outcome.uses = { live: live.uses, proposed: proposed.uses };
        for (const world of worlds) usage.use(world, outcome.uses[world], 1n);
        if (day >= toldFrom) {
          outcome.contributions = contributed(books, view, live, proposed);
          outcome.counts.push(...statusCounts(books, one, view, live, proposed));
        }
      }
      if (one.isCorrected) earlier.set(id, outcome);
      return { one, day, before, outcome };
    },
    keep(tried: readonly Tried[]): void {
      for (const { one } of tried) if (!one.isCorrected) earlier.delete(one.subject.activity.id);
    },
    forget(tried: readonly Tried[]): void {
      for (const { one, before, outcome } of tried.toReversed()) {
        for (const world of worlds) {
          usage.use(world, outcome.uses[world], -1n);
          if (before) usage.use(world, before.uses[world], 1n);
        }
        if (before) earlier.set(one.subject.activity.id, before);
        else earlier.delete(one.subject.activity.id);
      }
    },
    /** Versions that were replaced by one outside of the period. */
    unfinished: () => earlier.values(),
  };
}

const noUses = { live: [], proposed: [] };

function contributed(books: Books, view: View, live: Evaluation, proposed: Evaluation): Contribution[] {
  if (live === proposed) return contributionsOf('both', books.live, view, live);
  return [
    ...contributionsOf('live', books.live, view, live),
    ...contributionsOf('proposed', books.proposed, view, proposed),
  ];
}

function goalCounts({ counters }: Books, { subject, partner }: Recorded, view: View): Count[] {
  return countsOf(counters, { ...subject, partner, awards: [] }, view);
}

// By how much more the proposed rules award of what tiers are reached by.
function statusCounts(
  { status }: Books,
  { subject }: Recorded,
  view: View,
  live: Evaluation,
  proposed: Evaluation,
): Count[] {
  if (live === proposed || status.ids.length === 0) return [];
  const counted = (evaluation: Evaluation) =>
    countsOf(status, { ...subject, partner: null, awards: awardsOf(evaluation) }, view);
  return countsBetween(counted(live), counted(proposed));
}

// Most activities fit none of the changed rules. Then both worlds say the same, unless limits were used up differently.
function isSame({ changed, limited }: Books, view: View, { differing }: BothUsage): boolean {
  if (view.activity.withdrawn) return true;
  if (candidatesOf(changed, view).length > 0) return false;
  if (differing.size === 0) return true;
  return candidatesOf(limited, view).every((rule) =>
    usageKeysOf(rule, view).every((key) => !differing.has(usageName(key))),
  );
}

function demandOf(books: Books, tried: readonly Tried[]): Demand {
  const demand: Demand = { live: [], proposed: [] };
  for (const { one, before, outcome } of tried)
    for (const world of worlds) {
      if (before)
        for (const each of sharedUses(books[world], one, before.uses[world]))
          demand[world].push({ ...each, units: -each.units });
      demand[world].push(...sharedUses(books[world], one, outcome.uses[world]));
    }
  return demand;
}

// What counts for the participant alone is nobody else's business. Whom a rule pays instead may be paid by other parts as well.
function sharedUses(book: RuleBook, { subject }: Recorded, uses: readonly Use[]): SharedUse[] {
  const { participant, outlet } = subject.activity;
  return uses.flatMap((use) => {
    const rules = rulesById(book).get(use.rule) ?? [];
    if (use.subject === participant && !rules.some(({ document }) => document.to)) return [];
    const of = use.subject === use.rule ? 'rule' : use.subject === outlet ? 'outlet' : 'participant';
    const { bound, isWhole } = boundFor(rules, of, use);
    return [{ name: usageName(use), units: use.units, bound, isWhole }];
  });
}
