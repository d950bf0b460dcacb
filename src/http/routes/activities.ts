import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  receiveActivities,
  type Delivery,
  type GivenActivity,
  type Received,
} from '../../flow/receive-activities.ts';
import { deliveryWithin } from '../../flow/within-key.ts';
import type { Language } from '../../../web/texts/say.ts';
import { refuse, type Refused } from '../../shared/refusal.ts';
import { json, refusals } from '../answers.ts';
import { newRouter, type Env } from '../app.ts';
import { staffOrKey } from '../identify.ts';
import { keyOf } from '../idempotency.ts';
import { endWith, problemOf } from '../problem.ts';
import { problemShape } from '../shapes.ts';

/** Activities in one request; a longer feed comes in several. */
const itemsMax = 1000;

const line = z.strictObject({
  line: z.int().optional(),
  text: z.string().max(500).optional(),
  /** Absent: not one of the principal's goods. */
  sku: z.string().max(120).optional(),
  quantityMilli: z.int(),
  amountMinor: z.int(),
});
/** What the programme declares for the kind. */
export const attributeValues = z
  .record(z.string().max(30), z.union([z.string().max(500), z.number(), z.boolean()]))
  .openapi({ description: 'What the programme declares for the kind of activity, by name' });
const item = z.strictObject({
  source: z.string().max(200),
  externalKey: z.string().max(200),
  kind: z.string().max(40),
  participant: z.string().max(120),
  outlet: z.string().max(120),
  occurredAt: z.iso.datetime({ offset: true }),
  currency: z.string().max(3).optional(),
  /** Absent: 0, as for what costs nothing. */
  totalMinor: z.int().optional(),
  /** Of the total, what was paid with points or vouchers. */
  pointsMinor: z.int().optional(),
  attributes: attributeValues.optional(),
  lines: z.array(line).max(500).optional(),
  withdrawn: z.boolean().optional(),
  reopened: z.boolean().optional(),
  reason: z.string().max(500).optional(),
});

// Described by hand: the handler takes one item after the other, so that a bad one does not sink the others.
const itemSchema = z.toJSONSchema(item, { io: 'input', target: 'openapi-3.0' }) as object;
const bodySchema = { oneOf: [itemSchema, { type: 'array' as const, items: itemSchema, maxItems: itemsMax }] };

const receivedShape = z
  .object({
    outcome: z.enum(['recorded', 'corrected', 'replayed']),
    activity: z.uuid(),
    version: z.int(),
    points: z.int().openapi({
      description:
        'The change of the participant’s points, goals among them; of several activities of one person at once, what goals bring stands with the last',
    }),
  })
  .openapi('ReceivedActivity');
const refusedShape = z
  .object({ outcome: z.literal('refused'), problem: problemShape })
  .openapi('RefusedActivity');

export const activityRoutes = newRouter().openapi(
  createRoute({
    method: 'post',
    path: '/activities',
    tags: ['activities'],
    summary: 'Record verified activities: sales, orders, visits (managers, operators, API keys)',
    description:
      'One activity, or an array of at most 1000 that are answered one by one and do not sink each other. Source and external key name an activity for ever: the same again is a replay, other content a correction that posts only the difference. Partner, outlet and goods are named by their codes.',
    request: {
      query: z.object({
        programme: z
          .string()
          .max(60)
          .optional()
          .openapi({ description: 'Code of the programme; may be left out where there is one' }),
        lang: z.string().max(20).optional(),
      }),
      headers: z.object({ 'idempotency-key': z.string().optional() }),
    },
    requestBody: { required: true, content: { 'application/json': { schema: bodySchema } } },
    responses: {
      200: json(
        z.union([receivedShape, z.object({ items: z.array(z.union([receivedShape, refusedShape])) })]),
        'Recorded before, or what became of each item of an array',
      ),
      201: json(receivedShape, 'Recorded'),
      403: refusals[422],
      ...refusals,
    },
  }),
  async (c) => {
    const by = await staffOrKey(c, 'record');
    const key = keyOf(c);
    const text = await c.req.text();
    const { programme = '' } = c.req.valid('query');
    const given = bodyOf(c, text);
    const delivery: Delivery = {
      tenant: by.tenant,
      by,
      programme,
      given: Array.isArray(given) ? given.map(readItem) : [readItem(given)],
      once: key === null ? null : { key, contentHash: hashOf(programme, text) },
    };
    const app = c.get('app');
    const within = by.kind === 'integrator' ? await deliveryWithin(app, by, delivery) : delivery;
    const answer = 'refused' in within ? within : await receiveActivities(app, within);
    if (!answer.ok) return endWith(c, answer);
    if (Array.isArray(given))
      return c.json({ items: answer.received.map((one) => showReceived(one, c.get('language'))) }, 200);
    const [received] = answer.received;
    if (!received!.ok) return endWith(c, received!);
    return c.json(shown(received!), received!.outcome === 'replayed' ? 200 : 201);
  },
);

function hashOf(programme: string, text: string): Buffer {
  return createHash('sha256').update(`${programme}\n`).update(text).digest();
}

function bodyOf(c: Context<Env>, text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    if (!Array.isArray(body) || (body.length > 0 && body.length <= itemsMax)) return body;
    return endWith(c, refuse('bad-request', { field: '', problem: `1 to ${itemsMax} activities` }));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return endWith(c, refuse('bad-request', { field: '', problem: 'not JSON' }));
  }
}

function readItem(body: unknown): GivenActivity | Refused {
  const parsed = item.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return refuse('bad-request', { field: issue.path.join('.'), problem: issue.message });
  }
  const { currency, lines = [], occurredAt, totalMinor = 0, pointsMinor, ...rest } = parsed.data;
  return {
    ...rest,
    ...(currency === undefined ? {} : { currency }),
    occurredAt: new Date(occurredAt),
    totalMinor: BigInt(totalMinor),
    ...(pointsMinor === undefined ? {} : { pointsMinor: BigInt(pointsMinor) }),
    lines: lines.map((one, index) => ({
      line: one.line ?? index,
      text: one.text ?? '',
      sku: one.sku ?? null,
      quantityMilli: BigInt(one.quantityMilli),
      amountMinor: BigInt(one.amountMinor),
    })),
  };
}

function showReceived(one: Received, language: Language) {
  return one.ok ? shown(one) : { outcome: 'refused' as const, problem: problemOf(one, language) };
}

function shown({ outcome, activity, version, points }: Extract<Received, { ok: true }>) {
  return { outcome: outcome === 'first' ? ('recorded' as const) : outcome, activity, version, points };
}
