import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isId, type Id } from '../shared/id.ts';
import { refuse } from '../shared/refusal.ts';
import type { Env } from './app.ts';
import { endWith } from './problem.ts';

/** Longer pages are refused. */
export const pageMax = 200;
const pageUsual = 50;

/** What lists take in their query: how many, and where the page before ended. */
export const pageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(pageMax)
    .optional()
    .openapi({ description: `At most ${pageMax}`, example: pageUsual }),
  before: z.string().max(60).optional().openapi({ description: '`next` of the page before' }),
  lang: z.string().max(20).optional(),
});

/** The page that is asked for. Ends the request when `before` is no id. */
export function pageOf<T extends Id<string>>(
  c: Context<Env>,
  query: { limit?: number | undefined; before?: string | undefined },
): { limit: number; before: T | null } {
  if (query.before !== undefined && !isId<T>(query.before)) {
    return endWith(c, refuse('bad-request', { field: 'before', problem: 'no id' }));
  }
  return { limit: query.limit ?? pageUsual, before: query.before ?? null };
}
