import * as fc from 'fast-check';

import type { TestDatabase } from '../database.ts';
import { plans, type Command, type Plan } from './commands.ts';
import { failure, type Counts, type Part } from './part.ts';
import { play } from './play.ts';

/** Sequences in one book. */
const width = 40;

/**
 * Plays `rounds` sequences of commands against the ledger and its model, 40 side by side in one book and two books at
 * once. A failure is told with the fewest commands that fail.
 */
export const proveModel: Part = async (database, { seed, rounds, onProgress }) => {
  const done = { sequences: 0, commands: 0, transfers: 0, comparisons: 0 };
  const answers: Counts = {};
  let next = seed;
  const playSome = async () => {
    while (done.sequences < rounds) {
      const own = next++;
      const [plan] = fc.sample(plans(width), { seed: own, numRuns: 1 }) as [Plan];
      try {
        const played = await play(database, plan);
        for (const key of ['sequences', 'commands', 'transfers', 'comparisons'] as const)
          done[key] += played[key];
        for (const [answer, n] of played.answers) answers[answer] = (answers[answer] ?? 0) + n;
      } catch (error) {
        const least = await reduce(database, plan);
        throw failure('model', { seed: own }, least.problem ?? error, tell(least.plan));
      }
      onProgress?.(done.sequences);
    }
  };
  await Promise.all([playSome(), playSome()]);
  return { ...done, ...answers };
};

/** Leaves out what can be left out while it still fails: other sequences first, then steps, then commands. */
async function reduce(database: TestDatabase, plan: Plan): Promise<{ plan: Plan; problem: unknown }> {
  let least: { plan: Plan; problem: unknown } = { plan, problem: null };
  const fails = async (sequences: Plan['sequences']): Promise<boolean> => {
    const smaller = { ...plan, sequences };
    try {
      await play(database, smaller);
      return false;
    } catch (problem) {
      least = { plan: smaller, problem };
      return true;
    }
  };
  for (const sequence of plan.sequences) if (await fails([sequence])) break;
  if (least.plan.sequences.length > 1) return least;
  for (let at = 0; at < least.plan.sequences[0]!.length; at++) {
    const [steps] = least.plan.sequences as [Command[][]];
    const without = (commands: Command[]) => [steps.with(at, commands)];
    if (steps[at]!.length === 0 || (await fails(without([])))) continue;
    for (let place = steps[at]!.length - 1; place >= 0; place--)
      await fails([least.plan.sequences[0]!.with(at, least.plan.sequences[0]![at]!.toSpliced(place, 1))]);
  }
  return least;
}

/** The commands of a plan, a line for each step. */
function tell({ sequences, passing }: Plan): string {
  const text = (command: Command) =>
    JSON.stringify(command, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  const lines = passing.flatMap((before, at) => {
    const commands = sequences.flatMap((sequence) => sequence[at] ?? []);
    return commands.length > 0 || before.days > 0 || before.runs || before.closes
      ? [`step ${at} ${JSON.stringify(before)}: ${commands.map(text).join(', ')}`]
      : [];
  });
  return lines.join('\n');
}
