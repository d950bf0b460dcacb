import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { once } from '../../db/once.ts';
import { withTenant } from '../../db/transact.ts';
import { evidenceStates, type EvidenceState } from '../../evidence/progress.ts';
import { countEvidence, listEvidence } from '../../evidence/read.ts';
import { reviewIn, type Review, type ReviewRefused } from '../../flow/review-evidence.ts';
import type { SignedIn } from '../../flow/sign-in.ts';
import { snapReceipt, type Photo } from '../../flow/snap-receipt.ts';
import { tellEvidence, tellEvidenceRows } from '../../flow/tell-evidence.ts';
import { turnedPicture } from '../../flow/show-picture.ts';
import { isId, type EvidenceId, type OutletId, type ProductId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter, type Env } from '../app.ts';
import { participantSignedIn, signedIn, staffSignedIn } from '../identify.ts';
import { keyOf } from '../idempotency.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { endWith } from '../problem.ts';
import { evidenceDetailShape, evidenceRowShape, idAsked, reviewShape } from '../shapes.ts';
import { showEvidence, showEvidenceRow } from '../show-evidence.ts';

const tags = ['evidence'];
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
const headers = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .openapi({ description: 'At most 255 characters; makes a repetition harmless' }),
});

/** The fields beside the picture. */
const photoFields = z.object({
  outlet: idAsked().optional(),
  capturedAt: z.iso.datetime({ offset: true }).optional(),
  latitude: z.coerce.number().min(-90).max(90).optional(),
  longitude: z.coerce.number().min(-180).max(180).optional(),
  accuracyM: z.coerce.number().min(0).max(1_000_000).optional(),
  device: z.string().max(200).optional(),
  source: z.enum(['app', 'api']).optional(),
});

// Described by hand: the form is read by the handler, after it knows who asks.
const photoForm = {
  type: 'object' as const,
  required: ['photo'],
  properties: {
    photo: {
      type: 'string' as const,
      format: 'binary',
      description: 'JPEG, PNG or WebP, at most 10 MB and 40 megapixels',
    },
    outlet: { type: 'string' as const, format: 'uuid' },
    capturedAt: { type: 'string' as const, format: 'date-time' },
    latitude: { type: 'number' as const },
    longitude: { type: 'number' as const },
    accuracyM: { type: 'number' as const },
    device: { type: 'string' as const },
    source: { type: 'string' as const, enum: ['app', 'api'] },
  },
};

export const evidenceRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'post',
      path: '/evidence',
      tags,
      summary: 'Show a receipt',
      description:
        'Answers as soon as the picture is safe; it is read right after. The same picture from the same sender is the same evidence and answers 200 with what became of it.',
      request: { headers },
      requestBody: { required: true, content: { 'multipart/form-data': { schema: photoForm } } },
      responses: {
        200: json(evidenceRowShape, 'This picture was here before'),
        202: json(evidenceRowShape, 'Received; it will be read'),
        413: refusals[422],
        415: refusals[422],
        ...refusals,
      },
    }),
    async (c) => {
      const by = await participantSignedIn(c);
      const app = c.get('app');
      const key = keyOf(c);
      const sender = { tenant: by.tenant, participant: by.id };
      const snapped = await snapReceipt(app, sender, await photoOf(c), key === null ? {} : { key });
      if (!snapped.ok) return endWith(c, snapped);
      const row = await withTenant(app.db, by.tenant, async (tx) => {
        const listed = await listEvidence(tx, { ids: [snapped.evidence], limit: 1 });
        return showEvidenceRow((await tellEvidenceRows(tx, listed))[0]!, c.get('language'));
      });
      return c.json(row, snapped.isNew ? 202 : 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/evidence',
      tags,
      summary: 'Evidence, newest first: one’s own, or all for staff',
      request: {
        query: pageQuery.extend({ state: z.string().max(100).optional(), participant: idAsked().optional() }),
      },
      responses: {
        200: json(
          z.object({
            items: z.array(evidenceRowShape),
            total: z.int(),
            counts: z.partialRecord(z.enum(evidenceStates), z.int()),
            next: z.string().nullable(),
          }),
          'A page of evidence, how much there is of each state, and where the next page begins',
        ),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { state, participant: asked, ...page } = c.req.valid('query');
      const { limit, before } = pageOf<EvidenceId>(c, page);
      const states = state ? statesOf(c, state) : undefined;
      const participant =
        by.kind === 'participant'
          ? by.id
          : isId<Extract<SignedIn, { kind: 'participant' }>['id']>(asked)
            ? asked
            : null;
      const answer = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const listed = await listEvidence(tx, {
          ...(participant ? { participant } : {}),
          ...(states ? { states } : {}),
          ...(before ? { before } : {}),
          limit: limit + 1,
        });
        const counts = await countEvidence(tx, participant);
        const rows = await tellEvidenceRows(tx, listed.slice(0, limit));
        const total = sumOf((states ?? evidenceStates).map((each) => counts[each] ?? 0));
        const next = listed.length > limit ? listed[limit - 1]!.id : null;
        return { items: rows.map((row) => showEvidenceRow(row, c.get('language'))), total, counts, next };
      });
      return c.json(answer, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/evidence/{id}',
      tags,
      summary: 'One piece of evidence with everything that followed from it',
      request: idParam,
      responses: { 200: json(evidenceDetailShape, 'The whole story'), ...refusals },
    }),
    async (c) => c.json(await shownTo(c, await signedIn(c), c.req.valid('param').id), 200),
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/evidence/{id}/image',
      tags,
      summary: 'The picture, upright, as the quads of the reading see it',
      request: idParam,
      responses: {
        200: { description: 'The picture', content: { 'image/jpeg': { schema: z.any() } } },
        ...refusals,
      },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { id } = c.req.valid('param');
      const picture = isId<EvidenceId>(id) ? await turnedPicture(c.get('app'), by, id) : null;
      if (!picture) return endWith(c, refuse('not-found'));
      return c.body(new Uint8Array(picture), 200, {
        'content-type': 'image/jpeg',
        'content-disposition': 'inline; filename="receipt.jpg"',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'private, max-age=300',
      });
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/evidence/{id}/review',
      tags,
      summary: 'Decide about evidence, with corrections (reviewers and managers)',
      request: { ...idParam, headers, ...body(reviewShape) },
      responses: {
        200: json(evidenceDetailShape, 'Decided'),
        403: refusals[422],
        409: refusals[422],
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      if (!isId<EvidenceId>(id)) return endWith(c, refuse('not-found'));
      const { db, now } = c.get('app');
      const given = c.req.valid('json');
      const review = reviewOf(given);
      const key = keyOf(c);
      const answer = await withTenant(db, by.tenant, async (tx) => {
        const at = now();
        if (key === null) return reviewIn(tx, by.id, id, review, at);
        const contentHash = createHash('sha256')
          .update(JSON.stringify([id, given]))
          .digest();
        // A refusal is kept as well: the repetition of a request gets the answer that the first one got.
        const kept = await once(tx, { actor: by.id, route: 'review', key, contentHash }, at, async () => ({
          status: 200,
          body: await reviewIn(tx, by.id, id, review, at),
        }));
        return kept.ok ? (kept.body as { ok: true } | ReviewRefused) : kept;
      });
      if (!answer.ok) return endWith(c, answer);
      return c.json(await shownTo(c, by, id), 200);
    },
  );

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

async function shownTo(c: Context<Env>, by: SignedIn, id: string) {
  const shown = await withTenant(c.get('app').db, by.tenant, async (tx) => {
    const story = isId<EvidenceId>(id) ? await tellEvidence(tx, id) : null;
    // Another partner's evidence does not exist for a participant.
    if (!story || (by.kind === 'participant' && story.evidence.participant !== by.id)) return null;
    return showEvidence(story, c.get('language'), by);
  });
  return shown ?? endWith(c, refuse('not-found'));
}

async function photoOf(c: Context<Env>): Promise<Photo> {
  if (!c.req.header('content-type')?.startsWith('multipart/form-data')) {
    return endWith(
      c,
      refuse('bad-request', { field: 'content-type', problem: 'must be multipart/form-data' }),
    );
  }
  const form = await c.req.parseBody().catch(() => null);
  const photo = form?.['photo'];
  if (!(photo instanceof File))
    return endWith(c, refuse('bad-request', { field: 'photo', problem: 'missing' }));
  const fields = photoFields.safeParse(form);
  if (!fields.success) {
    const issue = fields.error.issues[0]!;
    return endWith(c, refuse('bad-request', { field: issue.path.join('.'), problem: issue.message }));
  }
  const { outlet, capturedAt, latitude, longitude, accuracyM, device, source } = fields.data;
  return {
    bytes: new Uint8Array(await photo.arrayBuffer()),
    outlet: isId<OutletId>(outlet) ? outlet : null,
    source: source ?? 'api',
    capturedAt: capturedAt ? new Date(capturedAt) : null,
    latitude: latitude ?? null,
    longitude: longitude ?? null,
    accuracyM: accuracyM ?? null,
    device: device ?? null,
  };
}

function statesOf(c: Context<Env>, given: string): EvidenceState[] {
  const asked = given.split(',');
  const states = evidenceStates.filter((state) => asked.includes(state));
  if (states.length !== asked.length)
    endWith(c, refuse('bad-request', { field: 'state', problem: 'unknown' }));
  return states;
}

function reviewOf(given: z.infer<typeof reviewShape>): Review {
  const { outlet, date, time, number, totalMinor, lines } = given.corrections ?? {};
  return {
    approve: given.decision === 'approve',
    reason: given.reason,
    seen: (given.seen ?? null) as Review['seen'],
    corrections: {
      ...(outlet ? { outlet: outlet as OutletId } : {}),
      ...(date ? { date } : {}),
      ...(time ? { time } : {}),
      ...(number ? { number } : {}),
      ...(totalMinor === undefined ? {} : { totalMinor }),
      ...(lines
        ? {
            items: lines.map((line) => ({
              item: line.item,
              product: line.product as ProductId | null,
              quantity: line.quantityMilli / 1000,
              amountMinor: line.amountMinor,
            })),
          }
        : {}),
    },
  };
}
