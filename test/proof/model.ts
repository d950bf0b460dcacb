import * as fc from 'fast-check';

import { plans, type Command, type Plan } from './commands.ts';
import { failure, type Counts, type Part } from './part.ts';
import { play } from './play.ts';

/** Sequences in one book. */
const width = 40;

/**
 * Plays `rounds` sequences of commands against the ledger and its model, 40 side by side in one book and two books at
 * once. A failure is shrunk to the fewest commands.
 */
export const proveModel: Part = async (database, { seed, rounds, onProgress }) => {
  const done = { sequences: 0, commands: 0, transfers: 0, comparisons: 0 };
  const answers: Counts = {};
  let next = seed;
  const playSome = async () => {
    while (done.sequences < rounds) {
      const own = next++;
      const property = fc.asyncProperty(plans(width), async (plan) => {
        const played = await play(database, plan);
        for (const key of ['sequences', 'commands', 'transfers', 'comparisons'] as const)
          done[key] += played[key];
        for (const [answer, n] of played.answers) answers[answer] = (answers[answer] ?? 0) + n;
      });
      const result = await fc.check(property, { seed: own, numRuns: 1 });
      if (result.failed)
        throw failure('model', { seed: own }, result.errorInstance, tell(result.counterexample![0]));
      onProgress?.(done.sequences);
    }
  };
  await Promise.all([playSome(), playSome()]);
  return { ...done, ...answers };
};

/** The commands of a plan that was shrunk, a line for each step. */
function tell({ sequences, passing }: Plan): string {
  const text = (command: Command) =>
    JSON.stringify(command, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  return sequences
    .flatMap((sequence, number) =>
      sequence.map((step, at) => ({ at, line: `${number}: ${step.map(text).join(', ')}` })),
    )
    .sort((one, other) => one.at - other.at)
    .map(({ at, line }) => `step ${at} (${JSON.stringify(passing[at])}) of sequence ${line}`)
    .join('\n');
}
