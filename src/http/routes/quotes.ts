import { createRoute, z } from '@hono/zod-openapi';

import { withTenant, type Tx } from '../../db/transact.ts';
import { quoteDiscount, type Quote } from '../../flow/quote-discount.ts';
import { quoteTogether } from '../../flow/quote-together.ts';
import { tellOverrides } from '../../flow/tell-overrides.ts';
import { sayQuote } from '../../flow/tell-progress.ts';
import { programmeAsked } from '../../flow/tell-rules.ts';
import { mayQuote, programmeFor } from '../../flow/within-key.ts';
import { staffById } from '../../network/staff.ts';
import type { DiscountOverride } from '../../progress/discount-overrides.ts';
import type { StaffId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { keyOf, onceIfAsked } from '../idempotency.ts';
import { staffOrKey, staffSignedIn } from '../identify.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { endWith } from '../problem.ts';
import { dayAsked } from '../shapes.ts';
import { overrideShape, quoteShape, showOverride, showQuote } from '../show-progress.ts';
import { whichProgramme } from './rule-versions.ts';

const tags = ['progress'];
const which = z.object({ programme: whichProgramme, lang: z.string().max(20).optional() });
const code = z.string().max(120);
const reason = z.string().trim().min(1).max(500);

export const quoteRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'post',
      path: '/quotes',
      tags,
      summary: 'Which discount an order gets, by the volume of the time before, and why (staff, API keys)',
      description:
        'Answers the percentage of the table, the volume that counted, and what is missing to the next step. Only a manager may override it; that is written down with the reason.',
      request: {
        query: which,
        ...body(
          z.strictObject({
            discount: code.optional(),
            participant: code.optional(),
            outlet: code.optional(),
            partner: code.optional(),
            amountMinor: z.int().min(0).max(1_000_000_000_000),
            day: dayAsked().optional(),
            override: z.strictObject({ percent: z.int().min(0).max(100), reason }).optional(),
          }),
        ),
      },
      responses: { 200: json(quoteShape, 'The discount'), 403: refusals[422], ...refusals },
    }),
    async (c) => {
      const by = await staffOrKey(c, 'quote');
      const given = c.req.valid('json');
      const language = c.get('language');
      const wanted = { ...given, amountMinor: BigInt(given.amountMinor) };
      const named = programmeFor(by, c.req.valid('query').programme);
      if (!named.ok) return endWith(c, named);
      if (by.kind === 'integrator' && !mayQuote(by, wanted)) return endWith(c, refuse('not-allowed'));
      const shown = (quote: Quote) => showQuote(quote, sayQuote(quote, language));
      if (!wanted.override && keyOf(c) === null) {
        const quote = await quoteTogether(c.get('app'), by.tenant, named.code, wanted);
        return quote.ok ? c.json(shown(quote), 200) : endWith(c, quote);
      }
      const { ok: _ok, ...quoted } = await onceIfAsked(c, by, 'quotes', given, async (tx, at) => {
        const asked = await programmeAsked(tx, named.code);
        if (!asked.ok) return asked;
        const manager = by.kind === 'staff' ? await managerOf(tx, by.id) : null;
        const quote = await quoteDiscount(tx, asked.programme, wanted, manager, at);
        return quote.ok ? { ok: true as const, ...shown(quote) } : quote;
      });
      return c.json(quoted, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/discount-overrides',
      tags,
      summary: 'Discounts that were given otherwise than the table says: by whom and why (staff)',
      request: { query: pageQuery.extend({ programme: whichProgramme }) },
      responses: {
        200: json(z.object({ items: z.array(overrideShape), next: z.string().nullable() }), 'A page'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const query = c.req.valid('query');
      const page = pageOf<DiscountOverride['id']>(c, query);
      const found = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const asked = await programmeAsked(tx, query.programme);
        return asked.ok ? tellOverrides(tx, asked.programme, page) : asked;
      });
      if ('refused' in found) return endWith(c, found);
      const next = found.length === page.limit ? found.at(-1)!.id : null;
      return c.json({ items: found.map(showOverride), next }, 200);
    },
  );

async function managerOf(tx: Tx, id: StaffId): Promise<StaffId | null> {
  return (await staffById(tx, id))?.role === 'manager' ? id : null;
}
