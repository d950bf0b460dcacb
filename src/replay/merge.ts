import { isBefore, type Position } from './history.ts';
import type { Sequenced } from './limited-goals.ts';
import type { Demand, Finished, SharedUsage } from './shard.ts';
import { mergeHoldings, type Holdings } from './sums.ts';
import { emptyTally, mergeTally, worlds, type World } from './tally.ts';

/** A part of the history, wherever it runs. */
export type Runner = {
  /** Reads on until enough waits; answers the last that waits, and whether that is the end. */
  fill(): Promise<{ last: Position | null; ended: boolean }>;
  measure(until: Position | null): Promise<{ count: number; middle: Position | null }>;
  attempt(
    until: Position | null,
    shared: SharedUsage,
  ): Promise<{ count: number; demand: Demand; lastDay: string }>;
  /** Keeps what was tried; answers what it changes for goals under limits. */
  keep(): Promise<Sequenced[]>;
  forget(): Promise<void>;
  finish(): Promise<Finished>;
};

/** A shared limit that was used up, and the day of the event that did it. */
export type Exhausted = { world: World; name: string; day: string };

/** Whoever wants to know while it runs. `stopped` may throw, which ends it between stretches. */
export type Listener = {
  onProgress(evaluated: number): void;
  /** Hears what changes for goals under limits, in order of recording. */
  onSequenced(versions: readonly Sequenced[]): void;
  stopped(): void;
};
type State = {
  usage: Record<World, Map<string, bigint>>;
  exhausted: Map<string, Exhausted>;
  changed: Record<World, Set<string>>;
};

/**
 * Runs the parts of a history side by side to the same result as one after the other. Limits of participants belong to
 * their part. A limit that participants share, such as a budget, is counted here: all parts try a stretch of the history
 * with the usage before it. Where what they used together stays below the bound, no order among them could have made a
 * difference, and it is kept. Where it does not, it is forgotten and tried in halves, down to the one activity that
 * reaches the bound; from then on the parts know that nothing is left.
 */
export async function runMerged(
  runners: readonly Runner[],
  listener: Listener,
): Promise<Omit<Finished, 'sequenced'> & { exhausted: Exhausted[] }> {
  const state: State = {
    usage: { live: new Map(), proposed: new Map() },
    exhausted: new Map(),
    changed: { live: new Set(), proposed: new Set() },
  };
  let evaluated = 0;
  for (;;) {
    listener.stopped();
    const fills = await Promise.all(runners.map((runner) => runner.fill()));
    const isOver = fills.every(({ last, ended }) => ended && last === null);
    if (isOver) break;
    evaluated += await runStretch(runners, earliest(fills), state, listener);
    listener.onProgress(evaluated);
  }
  const whole = { tally: emptyTally(), holdings: new Map() as Holdings };
  for (const runner of runners) {
    const part = await runner.finish();
    mergeTally(whole.tally, part.tally);
    mergeHoldings(whole.holdings, part.holdings);
    listener.onSequenced(part.sequenced);
  }
  return { ...whole, exhausted: [...state.exhausted.values()] };
}

// As far as all parts have read; null where all have read to the end.
function earliest(fills: readonly { last: Position | null; ended: boolean }[]): Position | null {
  const open = fills.flatMap(({ last, ended }) => (ended || !last ? [] : [last]));
  return open.reduce<Position | null>(
    (first, one) => (!first || one.at < first.at || (one.at === first.at && one.id < first.id) ? one : first),
    null,
  );
}

async function runStretch(
  runners: readonly Runner[],
  until: Position | null,
  state: State,
  listener: Listener,
): Promise<number> {
  const shared = changesOf(state);
  const attempts = await Promise.all(runners.map((runner) => runner.attempt(until, shared)));
  const count = attempts.reduce((sum, attempt) => sum + attempt.count, 0);
  const demands = attempts.map(({ demand }) => demand);
  if (count <= 1 || worlds.every((world) => isSafe(world, demands, state))) {
    const kept = await Promise.all(runners.map((runner) => runner.keep()));
    const sequenced = kept.flat().toSorted((a, b) => (isBefore(a.position, b.position) ? -1 : 1));
    if (sequenced.length > 0) listener.onSequenced(sequenced);
    const lastDay = attempts
      .map((attempt) => attempt.lastDay)
      .toSorted()
      .at(-1)!;
    for (const world of worlds) note(world, demands, lastDay, state);
    return count;
  }
  await Promise.all(runners.map((runner) => runner.forget()));
  const halves = await Promise.all(runners.map((runner) => runner.measure(until)));
  const middle = halves
    .flatMap((half) => half.middle ?? [])
    .reduce((first, one) => (isBefore(one, first) ? one : first));
  const first = await runStretch(runners, middle, state, listener);
  return first + (await runStretch(runners, until, state, listener));
}

function changesOf({ usage, changed }: State): SharedUsage {
  const changes = { live: [], proposed: [] } as SharedUsage;
  for (const world of worlds) {
    changes[world] = [...changed[world]].map((name) => [name, usage[world].get(name) ?? 0n]);
    changed[world].clear();
  }
  return changes;
}

type Wanted = { given: bigint; back: bigint; bound: bigint; isWhole: boolean };

function sumDemands(world: World, demands: readonly Demand[]): Map<string, Wanted> {
  const sums = new Map<string, Wanted>();
  for (const { name, units, bound, isWhole } of demands.flatMap((demand) => demand[world])) {
    const sum = sums.get(name) ?? { given: 0n, back: 0n, bound, isWhole };
    sums.set(name, sum);
    if (units > 0n) sum.given += units;
    else sum.back -= units;
  }
  return sums;
}

// Below the bound whatever came first; or nothing moved. Where units came back, somebody may have been refused who would
// have fitted after that: a part that is paid instead shows at the bound, a refusal of the whole does not.
function isSafe(world: World, demands: readonly Demand[], { usage }: State): boolean {
  for (const [name, { given, back, bound, isWhole }] of sumDemands(world, demands)) {
    const used = usage[world].get(name) ?? 0n;
    if (given === 0n && back === 0n) continue;
    if (used + given >= bound || (isWhole && back > 0n)) return false;
  }
  return true;
}

function note(world: World, demands: readonly Demand[], day: string, state: State): void {
  for (const [name, { given, back, bound }] of sumDemands(world, demands)) {
    const used = (state.usage[world].get(name) ?? 0n) + given - back;
    state.usage[world].set(name, used);
    state.changed[world].add(name);
    const key = `${world} ${name}`;
    if (used >= bound && !state.exhausted.has(key)) state.exhausted.set(key, { world, name, day });
  }
}
