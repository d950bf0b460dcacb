import type { Tx } from '../db/transact.ts';
import type { CompiledRule } from '../rules/compile.ts';
import type { RuleDocument } from '../rules/document.ts';
import { proposedRules } from '../rules/propose.ts';
import { liveRules } from '../rules/read-rules.ts';
import { bindRules, type RuleBook } from '../rules/select.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { wallTime } from '../shared/time.ts';
import { openGoals } from './goals.ts';
import { tellHistory, type Part } from './history.ts';
import type { Runner } from './merge.ts';
import { openShard, type Books } from './shard.ts';

/** How many versions wait to be evaluated at a time. */
const waitingMin = 1000;

/** What one part needs to know. `firstDay`: what happened before only fills the limits. */
export type RunnerOptions = Part & {
  documents: readonly RuleDocument[];
  firstDay: string;
  timeZone: string;
  now: Date;
};

/** Runs one part of the history in the caller's transaction, which must see one moment throughout. */
export async function openRunner(
  tx: Tx,
  { documents, firstDay, timeZone, now, ...part }: RunnerOptions,
): Promise<Runner> {
  const live = await liveRules(tx, part.programme);
  const books = booksOf(tx, part.programme, live, documents);
  const goals = openGoals(books, { programme: part.programme, timeZone, now, firstDay });
  const shard = openShard(
    books,
    goals,
    firstDay,
    ({ subject: { activity, facts } }) => wallTime(activity.occurredAt, facts.timeZone).day,
  );
  const history = tellHistory(tx, part);
  let waiting = 0;
  let ended = false;
  return {
    async fill() {
      while (!ended && waiting < waitingMin) {
        const next = await history.next();
        if (next.done) ended = true;
        else {
          shard.wait(next.value);
          waiting += 1;
        }
      }
      return { last: shard.last(), ended };
    },
    measure: async (until) => shard.measure(until),
    attempt: async (until, shared) => shard.attempt(until, shared),
    async keep() {
      waiting -= shard.keep();
    },
    forget: async () => shard.forget(),
    finish: async () => shard.finish(),
  };
}

/** The live rules, and those with these documents in the place of the ones with the same codes, from the beginning on. */
function booksOf(tx: Tx, programme: ProgrammeId, live: RuleBook, documents: readonly RuleDocument[]): Books {
  const codes = new Set(documents.map(({ code }) => code));
  const proposed = proposedRules(tx, programme, documents);
  const [replaced, kept] = [true, false].map((isReplaced) =>
    live.rules.filter(({ document }) => codes.has(document.code) === isReplaced),
  ) as [CompiledRule[], CompiledRule[]];
  return {
    live,
    proposed: bindRules([...kept, ...proposed]),
    changed: bindRules([...replaced, ...proposed]),
  };
}
