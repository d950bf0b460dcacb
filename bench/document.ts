import type { Machine } from './machine.ts';

/** A goal for one of the ratios or figures, and what that is in words. */
export type Goal = { what: string } & ({ atLeast: number } | { atMost: number });

/** Numbers by name; the unit, where there is one, ends the name. Null: could not be measured here. */
export type Figures = { [name: string]: number | null | Figures };

/** What a benchmark has to say; `--json` prints it as it is. */
export type BenchDocument = {
  bench: string;
  /** True: small sizes and short times; the names are the same, `sizes` tells what was really measured. */
  quick: boolean;
  /** To a floor or a peer in the same run: these travel from machine to machine. */
  ratios: Record<string, number | null>;
  figures: Figures;
  goals: Record<string, Goal & { met: boolean | null }>;
  sizes: Record<string, number>;
  machine: Machine;
};

/**
 * How a benchmark is wanted. `size`: its largest size instead of the usual one. `minutes`: no longer than that on the way to
 * it; `sizes` tells how far it came.
 */
export type BenchOptions = { quick: boolean; size: number | null; minutes: number | null };

/** One benchmark: measures and answers, telling people on standard error how far it is. */
export type Bench = (options: BenchOptions) => Promise<BenchDocument>;

/** Holds what was measured against the goals. */
export function judgeGoals(
  goals: Record<string, Goal>,
  measured: Record<string, number | null | Figures>,
): BenchDocument['goals'] {
  return Object.fromEntries(
    Object.entries(goals).map(([name, goal]) => [name, { ...goal, met: isMet(goal, measured[name]) }]),
  );
}

function isMet(goal: Goal, value: number | null | Figures | undefined): boolean | null {
  if (typeof value !== 'number') return null;
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}
