import type { Tx } from '../db/transact.ts';
import type { RuleDocument } from '../rules/document.ts';
import { openBooks } from './books.ts';
import { tellHistory, type Part } from './history.ts';
import { linkRecorded } from './links.ts';
import type { Runner } from './merge.ts';
import { openShard, type Days } from './shard.ts';

/** How many versions wait to be evaluated at a time. */
const waitingMin = 1000;

/** What one part needs to know. */
export type RunnerOptions = Omit<Part, 'withPartners'> & Days & { documents: readonly RuleDocument[] };

/** Runs one part of the history in the caller's transaction, which must see one moment throughout. */
export async function openRunner(
  tx: Tx,
  { documents, judgedFrom, toldFrom, ...part }: RunnerOptions,
): Promise<Runner> {
  const books = await openBooks(tx, part.programme, documents);
  const linked = await linkRecorded(tx, books.payees);
  const shard = openShard(books, { judgedFrom, toldFrom });
  const history = tellHistory(tx, { ...part, withPartners: books.asksPartners });
  let waiting = 0;
  let ended = false;
  return {
    async fill() {
      while (!ended && waiting < waitingMin) {
        const next = await history.next();
        if (next.done) ended = true;
        else {
          shard.wait(linked(next.value));
          waiting += 1;
        }
      }
      return { last: shard.last(), ended };
    },
    measure: async (until) => shard.measure(until),
    attempt: async (until, shared) => shard.attempt(until, shared),
    async keep() {
      const { count, sequenced } = shard.keep();
      waiting -= count;
      return sequenced;
    },
    forget: async () => shard.forget(),
    finish: async () => shard.finish(),
  };
}
