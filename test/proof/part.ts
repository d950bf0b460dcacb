import type { TestDatabase } from '../database.ts';

/** What was proven, in numbers. */
export type Counts = Record<string, number>;

export type Run = {
  /** Decides everything that looks like chance. */
  seed: number;
  rounds: number;
  onProgress?: (done: number) => void;
};

/** A part of the proof: throws an error that names the seed and the line that repeats it, or answers what it has seen. */
export type Part = (database: TestDatabase, run: Run) => Promise<Counts>;

/** What failed, and the one line that repeats it. `rounds`: how many it takes from the seed. */
export function failure(
  part: string,
  { seed, rounds = 1 }: { seed: number; rounds?: number },
  problem: unknown,
  example = '',
): Error {
  const message = problem instanceof Error ? problem.message : String(problem);
  const repeat = `Repeat it with: npm run proof -- ${part} --seed ${seed} --rounds ${rounds}`;
  return new Error([message, example, repeat].filter(Boolean).join('\n'), { cause: problem });
}
