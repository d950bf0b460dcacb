import { createRoute, z } from '@hono/zod-openapi';
import {
  actedMax,
  actOnTransfers,
  tryOnTransfers,
  type ActedOn,
  type ActionAsked,
} from '../../flow/act-on-transfers.ts';
import { assetId } from '../../ledger/accounts.ts';
import { transferKinds } from '../../ledger/transfer.ts';
import type { Language } from '../../../web/texts/say.ts';
import type { Id, TenantId, TransferId } from '../../shared/id.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { onceAsked } from '../idempotency.ts';
import { bookkeepers, staffInRole } from '../identify.ts';
import { problemOf } from '../problem.ts';
import { idAsked } from '../shapes.ts';

const cursorPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[0-9a-f-]{36}$/;

const actionAsked = z
  .strictObject({
    action: z.enum(['activate', 'cancel', 'expire']),
    which: z.union([
      z.strictObject({ ids: z.array(idAsked()).min(1).max(actedMax) }),
      z.strictObject({
        filter: z.strictObject({
          kind: z.enum(transferKinds),
          postedFrom: z.iso.datetime({ offset: true }),
          postedUntil: z.iso.datetime({ offset: true }),
          asset: z.string().min(1).max(60).optional(),
          owner: idAsked().optional().openapi({ description: 'Whose account it was on, on either side' }),
        }),
        after: z
          .string()
          .regex(cursorPattern)
          .refine((text) => !Number.isNaN(Date.parse(text.split('_')[0]!)))
          .optional()
          .openapi({ description: '`next` of the page before' }),
      }),
    ]),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .openapi({ description: 'Told with every transfer that follows' }),
    apply: z.boolean().openapi({
      description: 'False: only tell what would become of each. True needs an Idempotency-Key',
    }),
  })
  .openapi('ActionAsked');

const actedShape = z
  .object({
    action: z.uuid().nullable().openapi({ description: 'Cause of what was posted; null when nothing was' }),
    done: z.array(z.object({ transfer: z.string(), asset: z.string(), units: z.int() })),
    refused: z.array(z.object({ transfer: z.string(), code: z.string(), sentence: z.string() })),
    next: z
      .string()
      .nullable()
      .openapi({
        description: `A page has at most ${actedMax} transfers and is done by itself: ask again with this as \`after\`, with another Idempotency-Key, until it is null`,
      }),
  })
  .openapi('ActedOn');
type Acted = { ok: true } & z.infer<typeof actedShape>;

export const actionRoutes = newRouter().openapi(
  createRoute({
    method: 'post',
    path: '/transfers/actions',
    tags: ['ledger'],
    summary:
      'Activate, cancel or expire many transfers: first ask what would happen, then do it (managers, controllers)',
    request: body(actionAsked),
    responses: { 200: json(actedShape, 'What became, or would become, of each'), ...refusals },
  }),
  async (c) => {
    const by = await staffInRole(c, bookkeepers);
    const given = c.req.valid('json');
    const { db, now } = c.get('app');
    const asked = askedOf(given, by.tenant);
    const language = c.get('language');
    if (!given.apply)
      return c.json(show(await tryOnTransfers(db, by.tenant, by.id, asked, now()), language), 200);
    const { ok: _, ...acted } = await onceAsked(c, by, 'actions', given, async (tx, at): Promise<Acted> => ({
      ok: true,
      ...show(await actOnTransfers(tx, by.id, asked, { apply: true, at }), language),
    }));
    return c.json(acted, 200);
  },
);

function askedOf({ action, which, reason }: z.infer<typeof actionAsked>, tenant: TenantId): ActionAsked {
  if ('ids' in which) return { kind: action, which: { ids: which.ids as TransferId[] }, reason };
  const { kind, postedFrom, postedUntil, asset, owner } = which.filter;
  const [at, id] = which.after?.split('_') ?? [];
  const filter = {
    kind,
    from: new Date(postedFrom),
    until: new Date(postedUntil),
    asset: asset === undefined ? null : assetId(tenant, asset),
    owner: (owner ?? null) as Id<string> | null,
  };
  return {
    kind: action,
    which: { filter, after: at ? { at: new Date(at), id: id as TransferId } : null },
    reason,
  };
}

function show({ action, acted, next }: ActedOn, language: Language): z.infer<typeof actedShape> {
  return {
    action,
    done: acted.flatMap((one) =>
      one.ok ? [{ transfer: one.transfer, asset: one.asset, units: Number(one.units) }] : [],
    ),
    refused: acted.flatMap((one) =>
      one.ok
        ? []
        : [{ transfer: one.transfer, code: one.refused, sentence: problemOf(one, language).detail }],
    ),
    next: next && `${next.at.toISOString()}_${next.id}`,
  };
}
