import { withTenantTogether, type Outcome } from '../db/together.ts';
import { gatherByName } from '../shared/gather.ts';
import type { TenantId } from '../shared/id.ts';
import type { Refused } from '../shared/refusal.ts';
import type { App } from './app.ts';
import { quoteDiscounts, type Quote, type QuoteAsked } from './quote-discount.ts';
import { programmeAsked } from './tell-rules.ts';

type Door = Pick<App, 'db' | 'now'>;
type Asked = { tenant: TenantId; programme: string | undefined; quote: QuoteAsked };
type Answer = ({ ok: true } & Quote) | Refused;

/**
 * The discount of an order, by the table. Those of one programme that are asked for at the same time are read together, so
 * a busy till waits for a few round trips to the database and not for a few of each of the others.
 */
export async function quoteTogether(
  app: Door,
  tenant: TenantId,
  programme: string | undefined,
  quote: QuoteAsked,
): Promise<Answer> {
  const queue = queues.get(app.db) ?? openQueue(app);
  const outcome = await queue(`${tenant} ${programme ?? ''}`, { tenant, programme, quote });
  if ('failed' in outcome) throw outcome.failed;
  return outcome.done;
}

const queues = new WeakMap<App['db'], (name: string, asked: Asked) => Promise<Outcome<Answer>>>();

function openQueue({ db, now }: Door) {
  const queue = gatherByName((_name, all: Asked[]) =>
    withTenantTogether(db, all[0]!.tenant, all, async (tx, some): Promise<Answer[]> => {
      const found = await programmeAsked(tx, some[0]!.programme);
      if (!found.ok) return some.map(() => found);
      const quotes = some.map(({ quote }) => quote);
      return quoteDiscounts(tx, found.programme, quotes, null, now());
    }),
  );
  queues.set(db, queue);
  return queue;
}
