/** Answers a whole number from 0 to below `limit`. */
export type Chance = (limit: number) => number;

/** Chance that runs the same way each time, so that two runs of a benchmark do the same work (mulberry32). */
export function seededChance(seed: number): Chance {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
