import { withTenant } from '../db/transact.ts';
import { keepReplay } from '../programme/replays.ts';
import { replayRules, type ReplayOptions, type ReplayRequest, type ReplayResult } from '../replay/replay.ts';
import type { App } from './app.ts';

/**
 * Replays proposed rules over history and keeps what each of them would have cost, so that its launch can rest on it.
 * `by`: who asked, by code.
 */
export async function replayAndKeep(
  app: Pick<App, 'db' | 'now'>,
  request: ReplayRequest,
  by: string,
  options: Omit<ReplayOptions, 'now'>,
): Promise<ReplayResult> {
  const result = await replayRules(app.db, request, { ...options, now: app.now() });
  const { firstDay, lastDay, activities } = result;
  await withTenant(app.db, request.tenant, async (tx) => {
    for (const document of request.documents) {
      const paid = result.by.rule.filter(({ name, proposed }) => name === document.code && proposed > 0n);
      const cost = Object.fromEntries(paid.map(({ asset, proposed }) => [asset, Number(proposed)]));
      const at = app.now();
      await keepReplay(tx, request.programme.id, document, { at, by, firstDay, lastDay, activities, cost });
    }
  });
  return result;
}
