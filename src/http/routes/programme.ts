import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import { withTenant } from '../../db/transact.ts';
import { applyProgramme, exportProgramme, type Applied } from '../../flow/apply-programme.ts';
import { sayProblem } from '../../flow/say-problem.ts';
import { programmeAsked } from '../../flow/tell-rules.ts';
import { parseProgramme } from '../../programme/document.ts';
import { planProgramme } from '../../programme/plan.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter, type Env } from '../app.ts';
import { onceIfAsked } from '../idempotency.ts';
import { staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { decidedShape, fieldChangeShape } from '../show-rules.ts';
import { actorOf, anyDocument, reason, shown, whichProgramme } from './rule-versions.ts';

const tags = ['rules'];
const documents = z.strictObject({
  programme: anyDocument,
  rules: z.array(anyDocument).max(1000),
  others: z.array(anyDocument).max(200).optional().openapi({ description: 'Tiers, segments, discounts' }),
});
const documentPlan = z.object({
  code: z.string(),
  change: z.enum(['added', 'changed', 'retired']),
  fields: z.array(fieldChangeShape),
});
const planShape = z
  .object({
    programme: z.array(fieldChangeShape),
    rules: z.array(documentPlan),
    others: z.array(documentPlan),
    unchanged: z.int(),
  })
  .openapi('Plan');

export const programmeRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/programme/documents',
      tags,
      summary:
        'A programme as documents, in the versions that are live: to keep, to compare, to carry elsewhere (staff)',
      request: { query: z.strictObject({ programme: whichProgramme }) },
      responses: { 200: json(documents.openapi('ProgrammeDocuments'), 'The documents'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { programme } = c.req.valid('query');
      const told = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const asked = await programmeAsked(tx, programme);
        return asked.ok
          ? { ok: true as const, documents: (await exportProgramme(tx, asked.programme.code))! }
          : asked;
      });
      return told.ok ? c.json(told.documents, 200) : endWith(c, told);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/programme/plan',
      tags,
      summary: 'What would change if a programme said what these documents say; writes nothing (staff)',
      request: body(documents),
      responses: { 200: json(planShape, 'The plan'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const wanted = parsed(c, c.req.valid('json'));
      const live = await withTenant(c.get('app').db, by.tenant, (tx) =>
        exportProgramme(tx, wanted.programme.code),
      );
      return c.json(planProgramme(live, wanted), 200);
    },
  )
  .openapi(
    createRoute({
      method: 'put',
      path: '/programme/documents',
      tags,
      summary:
        'Make a programme say what these documents say, all of it or nothing: as drafts, or launched (managers)',
      request: body(
        z.strictObject({
          documents,
          launch: z.boolean().optional(),
          waiver: reason.optional().openapi({ description: 'Why rules may go live without a replay' }),
        }),
      ),
      responses: {
        200: json(z.object({ plan: planShape, rules: z.array(decidedShape) }), 'What became of it'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { documents, launch, waiver } = c.req.valid('json');
      const wanted = parsed(c, documents);
      const given = c.req.valid('json');
      const applied = await onceIfAsked<Applied>(c, by, 'PUT /programme/documents', given, async (tx, at) =>
        applyProgramme(tx, wanted, await actorOf(tx, by), at, { launch, waiver }),
      );
      return c.json({ plan: applied.plan, rules: applied.rules.map(shown) }, 200);
    },
  );

function parsed(c: Context<Env>, given: z.infer<typeof documents>) {
  const result = parseProgramme(given);
  if (result.ok) return result.documents;
  const [problem] = result.problems;
  const { document, at } = problem!;
  const sentence = sayProblem(problem!, c.get('language'));
  return endWith(
    c,
    refuse('bad-request', { field: at ? `${document}, ${at}` : document, problem: sentence }),
  );
}
