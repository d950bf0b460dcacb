import type { Tx } from '../db/transact.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import {
  groupSizeMin,
  upliftOf,
  verdictOf,
  type Group,
  type Uplift,
  type Verdict,
} from '../programme/evaluate-uplift.ts';
import { experimentsOf, type RunningExperiment } from '../programme/experiments.ts';
import { looksAt, type Look } from '../programme/looks.ts';
import { measureExperiment, type Groups } from '../programme/measure-experiment.ts';
import { launchedVersions } from '../rules/read-rules.ts';
import { beginningOf } from './calendar.ts';

const dayMs = 86_400_000;
/** The harm of a rule is looked for at the end of each week. */
const lookEveryMs = 7 * dayMs;
/** What people did before is taken from as long a time as the experiment has run, and from no more than this. */
const beforeMsMax = 90 * dayMs;

/** An experiment with what has come out so far. */
export type Measured = {
  running: RunningExperiment;
  groups: Groups;
  /** Null where a group is empty. */
  uplift: Uplift | null;
  verdict: Verdict;
  /** Which weekly look this is or was the last one; 0 in the first week. */
  look: number;
};

export type ToldExperiment = Measured & { looks: Look[]; groupSizeMin: number };

/** The experiments of all programmes of the tenant, without what came out. */
export async function listExperiments(
  tx: Tx,
): Promise<{ programme: Programme; running: RunningExperiment }[]> {
  const found = [];
  for (const programme of await listProgrammes(tx))
    for (const running of experimentsOf(await launchedVersions(tx, programme.id)))
      found.push({ programme, running });
  return found;
}

/** One experiment with its uplift as of now and its looks; null where there is none of that name. */
export async function tellExperiment(tx: Tx, name: string, now: Date): Promise<ToldExperiment | null> {
  const found = (await listExperiments(tx)).find(({ running }) => running.experiment.name === name);
  if (!found) return null;
  const { programme, running } = found;
  const looks = await looksAt(tx, programme.id, name);
  return { ...(await measure(tx, programme, running, now)), looks, groupSizeMin };
}

/** Compares the groups of an experiment from its start until now or its end. */
export async function measure(
  tx: Tx,
  programme: Programme,
  running: RunningExperiment,
  now: Date,
): Promise<Measured> {
  const from = running.from ?? beginningOf(programme.startsOn, programme.timeZone);
  const until = running.until && running.until < now ? running.until : now;
  const lengthMs = Math.max(0, until.getTime() - from.getTime());
  const before = new Date(from.getTime() - Math.min(lengthMs, beforeMsMax));
  const groups = await measureExperiment(tx, programme.id, running, { before, from, until });
  const look = Math.floor(lengthMs / lookEveryMs);
  const { treated, heldOut } = groups;
  const isComparable = treated !== null && heldOut !== null && Math.min(treated.count, heldOut.count) > 1;
  return {
    running,
    groups,
    look,
    uplift: isComparable ? upliftOf(treated, heldOut) : null,
    verdict: isComparable ? verdictSoFar(treated, heldOut, look) : 'too-small',
  };
}

// Before the first look is due nobody is judged.
function verdictSoFar(treated: Group, heldOut: Group, look: number): Verdict {
  const verdict = verdictOf(treated, heldOut, Math.max(look, 1));
  return look === 0 && verdict !== 'too-small' ? 'undecided' : verdict;
}
