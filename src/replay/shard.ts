import { countedBy } from '../rules/document.ts';
import { boundOf, usageKeysOf } from '../rules/evaluate-limits.ts';
import { viewOf } from '../rules/evaluate-scope.ts';
import { evaluateOne } from '../rules/evaluate.ts';
import { usageName, type Evaluation, type Subject, type Use } from '../rules/evaluation.ts';
import { bindRules, candidatesOf, type RuleBook } from '../rules/select.ts';
import type { Count } from '../progress/evaluate-counts.ts';
import type { GoalReplay } from './goals.ts';
import { isBefore, type Position, type Recorded } from './history.ts';
import {
  addContribution,
  contributionOf,
  emptyTally,
  rulesById,
  worlds,
  type Contribution,
  type Tally,
  type World,
} from './tally.ts';

/** A limit that participants share, such as a budget: whoever comes first gets it, in whichever part of the history. */
export type SharedUse = {
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

/** `changed`: the rules that the two do not share. */
export type Books = Record<World, RuleBook> & { changed: RuleBook };

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
  /** Keeps what was tried; answers how much that was. */
  keep(): number;
  forget(): void;
  /** What it all came to; nothing more will come. */
  finish(): Tally;
};

/** What one version came to: kept for as long as a later version may replace it. */
type Outcome = { uses: Record<World, Use[]>; contribution: Contribution; counts: Count[] };

/** `firstDay`: what happened before only fills the limits. */
export function openShard(
  books: Books,
  goals: GoalReplay,
  firstDay: string,
  dayOf: (one: Recorded) => string,
): Shard {
  const tally = emptyTally();
  const judge = openJudge(books, goals, (one) => dayOf(one) >= firstDay);
  let waiting: Recorded[] = [];
  let tried: Tried[] = [];

  const add = ({ contribution, counts }: Outcome, sign: 1n | -1n) => {
    addContribution(tally, contribution, sign);
    goals.add(counts, sign);
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
      const last = some.at(-1);
      return { count: some.length, demand: demandOf(books, tried), lastDay: last ? dayOf(last) : '' };
    },
    keep() {
      for (const { one, before, outcome } of tried) {
        if (before) add(before, -1n);
        add(outcome, 1n);
        if (!one.isCorrected && !one.subject.activity.withdrawn && dayOf(one) >= firstDay)
          tally.activities += 1;
      }
      judge.keep(tried);
      const kept = tried.length;
      waiting = waiting.slice(kept);
      tried = [];
      return kept;
    },
    forget() {
      judge.forget(tried);
      tried = [];
    },
    finish() {
      for (const outcome of judge.unfinished()) add(outcome, -1n);
      addContribution(tally, goals.settle(), 1n);
      return tally;
    },
  };
}

/** A version that was evaluated for now, and what an earlier version of it had come to. */
type Tried = { one: Recorded; before: Outcome | undefined; outcome: Outcome };

/** Evaluates versions one after the other and keeps count of the limits; what was tried last can be forgotten again. */
function openJudge(books: Books, goals: GoalReplay, isTold: (one: Recorded) => boolean) {
  const usage = { live: new Map<string, bigint>(), proposed: new Map<string, bigint>() };
  const earlier = new Map<string, Outcome>();
  const use = (world: World, uses: readonly Use[], sign: 1n | -1n) => {
    for (const { units, ...key } of uses) {
      const name = usageName(key);
      usage[world].set(name, (usage[world].get(name) ?? 0n) + sign * units);
    }
  };
  return {
    tell(shared: SharedUsage): void {
      for (const world of worlds) for (const [name, units] of shared[world]) usage[world].set(name, units);
    },
    attempt(one: Recorded): Tried {
      const { subject } = one;
      const before = earlier.get(subject.activity.id);
      const outcome: Outcome = {
        uses: { live: [], proposed: [] },
        contribution: [],
        counts: goals.countsOf(subject),
      };
      if (before) for (const world of worlds) use(world, before.uses[world], -1n);
      const live = evaluateOne(books.live, viewOf(subject), usage.live, 'fired');
      const proposed = isSame(books, subject, usage)
        ? live
        : evaluateOne(books.proposed, viewOf(subject), usage.proposed, 'fired');
      for (const [world, { uses }] of Object.entries({ live, proposed }) as [World, Evaluation][]) {
        use(world, uses, 1n);
        outcome.uses[world] = uses;
      }
      if (isTold(one) && live === proposed)
        outcome.contribution = contributionOf('both', books.live, subject, live);
      else if (isTold(one))
        outcome.contribution = [
          ...contributionOf('live', books.live, subject, live),
          ...contributionOf('proposed', books.proposed, subject, proposed),
        ];
      if (one.isCorrected) earlier.set(subject.activity.id, outcome);
      return { one, before, outcome };
    },
    keep(tried: readonly Tried[]): void {
      for (const { one } of tried) if (!one.isCorrected) earlier.delete(one.subject.activity.id);
    },
    forget(tried: readonly Tried[]): void {
      for (const { one, before, outcome } of tried.toReversed()) {
        for (const world of worlds) {
          use(world, outcome.uses[world], -1n);
          if (before) use(world, before.uses[world], 1n);
        }
        if (before) earlier.set(one.subject.activity.id, before);
        else earlier.delete(one.subject.activity.id);
      }
    },
    /** Versions that were replaced by one outside of the period. */
    unfinished: () => earlier.values(),
  };
}

// Most activities fit none of the changed rules. Then both worlds say the same, unless limits were used up differently.
function isSame(books: Books, subject: Subject, usage: Record<World, Map<string, bigint>>): boolean {
  if (subject.activity.withdrawn) return true;
  const view = viewOf(subject);
  if (candidatesOf(books.changed, view).length > 0) return false;
  return candidatesOf(limitedRules(books.live), view).every((rule) =>
    usageKeysOf(rule, view).every((key) => {
      const name = usageName(key);
      return (usage.live.get(name) ?? 0n) === (usage.proposed.get(name) ?? 0n);
    }),
  );
}

const limited = new WeakMap<RuleBook, RuleBook>();

function limitedRules(book: RuleBook): RuleBook {
  let found = limited.get(book);
  if (!found) limited.set(book, (found = bindRules(book.rules.filter(({ document }) => document.limits))));
  return found;
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

/** A limit that never binds: what is over it is paid and reported. */
const unbound = 2n ** 62n;

// What counts for one participant alone is nobody else's business.
function sharedUses(book: RuleBook, { subject }: Recorded, uses: readonly Use[]): SharedUse[] {
  return uses.flatMap((use) => {
    if (use.subject === subject.activity.participant) return [];
    const of = use.subject === use.rule ? 'rule' : 'outlet';
    const [per] = use.period.split(' ');
    const limits = (rulesById(book).get(use.rule) ?? []).flatMap(({ document }) => document.limits ?? []);
    const limit = limits.find((one) => one.of === of && one.per === per && countedBy(one) === use.asset);
    const bound = !limit || limit.over === 'honour' ? unbound : boundOf(limit);
    return [{ name: usageName(use), units: use.units, bound, isWhole: limit?.over === 'nothing' }];
  });
}
