import { createRoute, z } from '@hono/zod-openapi';

import { usualKinds } from '../../activity/kinds.ts';
import { withTenant } from '../../db/transact.ts';
import { declareKind } from '../../flow/declare-kind.ts';
import { programmeAsked } from '../../flow/tell-rules.ts';
import type { KindOfActivity } from '../../network/programmes.ts';
import { activityKind, kindName } from '../../rules/document-kinds.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { onceIfAsked } from '../idempotency.ts';
import { staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { actorOf, whichProgramme } from './rule-versions.ts';

const tags = ['rules'];
const kindsShape = z.object({
  items: z.array(
    z
      .object({
        kind: z.string(),
        declared: z
          .boolean()
          .openapi({ description: 'False: one of the usual kinds, known without attributes' }),
        title: z.record(z.string(), z.string()).nullable(),
        attributes: z
          .record(z.string(), z.string())
          .openapi({ description: 'Each with its type: string, int, double or bool' }),
      })
      .openapi('ActivityKind'),
  ),
});
const query = z.strictObject({ programme: whichProgramme, lang: z.string().max(20).optional() });

export const activityKindRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/activity-kinds',
      tags,
      summary: 'Kinds of activities that a programme knows, with their attributes (staff)',
      request: { query },
      responses: { 200: json(kindsShape, 'Declared ones first'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { programme } = c.req.valid('query');
      const asked = await withTenant(c.get('app').db, by.tenant, (tx) => programmeAsked(tx, programme));
      return asked.ok ? c.json(show(asked.programme.settings.kinds ?? {}), 200) : endWith(c, asked);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/activity-kinds',
      tags,
      summary: 'Declare a kind of activity and what it tells; it can be recorded from then on (managers)',
      request: { query, ...body(activityKind.extend({ kind: kindName })) },
      responses: { 200: json(kindsShape, 'The kinds that are known now'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { kind, ...declared } = c.req.valid('json');
      const { programme } = c.req.valid('query');
      const given = c.req.valid('json');
      const done = await onceIfAsked(c, by, 'POST /activity-kinds', given, async (tx, at) => {
        const asked = await programmeAsked(tx, programme);
        if (!asked.ok) return asked;
        return declareKind(tx, asked.programme, kind, declared, await actorOf(tx, by), at);
      });
      return c.json(show(done.kinds), 200);
    },
  );

function show(kinds: Readonly<Record<string, KindOfActivity>>) {
  const declared = Object.entries(kinds).map(([kind, { title = null, attributes = {} }]) => ({
    kind,
    declared: true,
    title,
    attributes,
  }));
  const usual = usualKinds
    .filter((kind) => !Object.hasOwn(kinds, kind))
    .map((kind) => ({ kind, declared: false, title: null, attributes: {} }));
  return { items: [...declared, ...usual] };
}
