import { median } from './statistics.ts';

/**
 * What one slice of time brought. `cpuSeconds`: of the database's backends, null where nobody can tell. `latenciesMs`: of
 * single calls, where there were such.
 */
export type Slice = { done: number; seconds: number; cpuSeconds: number | null; latenciesMs?: number[] };

/** Works for about so many seconds. */
export type Candidate = (seconds: number) => Promise<Slice>;

const warmUpShare = 0.2;

/**
 * Runs the candidates in turn, several rounds after one to warm up, and answers the slices of each by round. A machine
 * that slows down slows them all, so ratios within a round stay true; every second round goes backwards, so that none of
 * them always comes first.
 */
export async function interleave<Name extends string>(
  candidates: Record<Name, Candidate>,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Record<Name, Slice[]>> {
  const names = Object.keys(candidates) as Name[];
  const slices = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Slice[]>;
  for (const name of names) await candidates[name](seconds * warmUpShare);
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed())
      slices[name].push(await candidates[name](seconds));
  return slices;
}

const perSecond = (slice: Slice): number => slice.done / slice.seconds;
const perCpuSecond = (slice: Slice): number =>
  slice.cpuSeconds ? slice.done / slice.cpuSeconds : Number.NaN;

/** The median speed. */
export function speedOf(slices: readonly Slice[]): number {
  return median(slices.map(perSecond));
}

/** How many times as fast these were as those: the median of the rounds' ratios. */
export function speedRatio(these: readonly Slice[], those: readonly Slice[]): number {
  return median(these.map((slice, round) => perSecond(slice) / perSecond(those[round]!)));
}

/** The median of what one CPU-second of the database did; NaN where nobody can tell. */
export function cpuSpeedOf(slices: readonly Slice[]): number {
  return median(slices.map(perCpuSecond));
}

/** As `speedRatio`, by CPU-seconds of the database: steadier where others use the machine too. */
export function cpuSpeedRatio(these: readonly Slice[], those: readonly Slice[]): number {
  return median(these.map((slice, round) => perCpuSecond(slice) / perCpuSecond(those[round]!)));
}
