import { createRoute, z } from '@hono/zod-openapi';
import { withTenant } from '../../db/transact.ts';
import { askForReplay, cancelReplay } from '../../flow/ask-replay.ts';
import { programmeAsked } from '../../flow/tell-rules.ts';
import {
  listReplays,
  replayById,
  replayStates,
  type AskedReplay,
  type ReplayId,
} from '../../replay/requests.ts';
import { notCountedWhats } from '../../replay/result.ts';
import { isId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { dayAsked, time, units } from '../shapes.ts';
import { whichProgramme } from './rule-versions.ts';

const tags = ['rules'];
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
/** Documents of one replay; a whole programme fits. */
const documentsMax = 500;
const listedMax = 20;

const wish = z.strictObject({
  programme: z
    .string()
    .max(60)
    .optional()
    .openapi({ description: 'Code; may be left out where there is one programme' }),
  rules: z
    .array(z.record(z.string(), z.unknown()))
    .max(documentsMax)
    .openapi({ description: 'Rule documents; each takes the place of the live rule with its code' }),
  from: dayAsked(),
  to: dayAsked(),
});

const compared = z.object({ name: z.string(), asset: z.string(), live: units(), proposed: units() });
const change = z.object({
  participant: z.uuid(),
  kind: z
    .enum(['participant', 'outlet', 'partner'])
    .openapi({ description: 'Outlets and partners have goals of their own' }),
  code: z.string(),
  personName: z.string(),
  asset: z.string(),
  live: units(),
  proposed: units(),
});
const tiersShape = z.object({
  day: z.iso.date().openapi({ description: 'The day after the last, or tomorrow where that is sooner' }),
  moves: z
    .array(z.object({ live: z.string(), proposed: z.string(), participants: z.int() }))
    .openapi({ description: 'How many people would have another tier, by both tiers' }),
  named: z
    .array(
      z.object({
        participant: z.uuid(),
        code: z.string(),
        personName: z.string(),
        partnerName: z.string(),
        live: z.string(),
        proposed: z.string(),
      }),
    )
    .openapi({ description: 'Some of them' }),
});
const resultShape = z
  .object({
    firstDay: z.iso.date(),
    lastDay: z.iso.date(),
    activities: z.int(),
    versions: z.int(),
    totals: z.array(compared),
    by: z.object({
      day: z.array(compared),
      area: z.array(compared),
      tier: z.array(compared),
      product: z.array(compared),
      rule: z.array(compared),
    }),
    participants: z.object({
      winners: z.int(),
      losers: z.int(),
      unchanged: z.int(),
      most: z.array(change),
      least: z.array(change),
    }),
    exhausted: z.array(z.object({ rule: z.string(), period: z.string(), day: z.iso.date() })),
    tiers: tiersShape.nullable().openapi({
      description: 'Null where no tier is reached by what rules award: no rule moves anybody then',
    }),
    notCounted: z
      .array(z.object({ what: z.enum(notCountedWhats), codes: z.array(z.string()) }))
      .openapi({ description: 'What the replay cannot tell, by codes of rules or documents' }),
    seconds: z.number(),
  })
  .openapi('ReplayResult');
const replayShape = z
  .object({
    id: z.uuid(),
    state: z.enum(replayStates),
    from: z.iso.date(),
    to: z.iso.date(),
    rules: z.array(z.string()),
    evaluated: z.int(),
    expected: z.int().nullable(),
    createdAt: time(),
    endedAt: time().nullable(),
    problem: z.string().nullable(),
    result: resultShape.nullable(),
  })
  .openapi('Replay');

export const replayRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'post',
      path: '/replays',
      tags,
      summary: 'Replay proposed rules over history beside today’s (managers and controllers)',
      description:
        'Nothing is posted. Ask for the replay by its id to see how far it is; a launch can rest on one that is done.',
      request: body(wish),
      responses: { 202: json(replayShape, 'Queued'), 403: refusals[422], ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { programme = '', rules: documents, from: firstDay, to: lastDay } = c.req.valid('json');
      const asked = await askForReplay(c.get('app'), by, { programme, documents, firstDay, lastDay });
      return asked.ok ? c.json(show(asked.replay), 202) : endWith(c, asked);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/replays',
      tags,
      summary: 'The replays of one rule that were asked for, the newest first, at most twenty (staff)',
      request: {
        query: z.strictObject({
          programme: whichProgramme,
          rule: z.string().max(60).openapi({ description: 'Code of the rule' }),
        }),
      },
      responses: { 200: json(z.object({ items: z.array(replayShape) }), 'The replays'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { programme, rule } = c.req.valid('query');
      const listed = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const asked = await programmeAsked(tx, programme);
        return asked.ok
          ? { ok: true as const, replays: await listReplays(tx, asked.programme.id, rule, listedMax) }
          : asked;
      });
      return listed.ok ? c.json({ items: listed.replays.map(show) }, 200) : endWith(c, listed);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/replays/{id}',
      tags,
      summary: 'How far a replay is, and what came out',
      request: idParam,
      responses: { 200: json(replayShape, 'The replay'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const found = isId<ReplayId>(id)
        ? await withTenant(c.get('app').db, by.tenant, (tx) => replayById(tx, id))
        : null;
      return found ? c.json(show(found), 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/replays/{id}',
      tags,
      summary: 'End a replay before it is done (managers and controllers)',
      request: idParam,
      responses: { 200: json(replayShape, 'Ended, or over before'), 403: refusals[422], ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      if (!isId<ReplayId>(id)) return endWith(c, refuse('not-found'));
      const ended = await cancelReplay(c.get('app'), by, id);
      return ended.ok ? c.json(show(ended.replay), 200) : endWith(c, ended);
    },
  );

function show(replay: AskedReplay): z.infer<typeof replayShape> {
  const { id, state, firstDay, lastDay, documents, evaluated, expected, problem, result } = replay;
  return {
    id,
    state,
    from: firstDay,
    to: lastDay,
    rules: documents.map(({ code }) => code),
    evaluated,
    expected,
    createdAt: replay.createdAt.toISOString(),
    endedAt: replay.endedAt?.toISOString() ?? null,
    problem,
    result,
  };
}
