import { createRoute, z } from '@hono/zod-openapi';
import { withTenant } from '../../db/transact.ts';
import { makeKey, tellKeys, tellOwnKey, type ToldKey } from '../../flow/make-key.ts';
import { keyAbilities, revokeKey, type KeyId } from '../../network/api-keys.ts';
import { isId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { keySignedIn, managers, staffInRole } from '../identify.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { endWith } from '../problem.ts';
import { time } from '../shapes.ts';

const tags = ['integrators'];
/** Outlets that one key may name; a key for more is one for all of them. */
const outletsMax = 200;

const may = z.array(z.enum(keyAbilities)).openapi({
  description:
    'record: tell activities and their events. quote: ask which discount an order gets. read: read activities and why they earned what they did',
});
const keyAsked = z
  .strictObject({
    name: z.string().trim().min(1).max(120).openapi({ example: 'Till of Toko Maju' }),
    may: may.min(1),
    programme: z.string().max(60).optional().openapi({ description: 'Code; absent: every programme' }),
    outlets: z
      .array(z.string().max(120))
      .min(1)
      .max(outletsMax)
      .optional()
      .openapi({ description: 'Codes; absent: every outlet' }),
    expiresAt: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Absent: until revoked' }),
  })
  .openapi('KeyAsked');
const keyShape = z
  .object({
    id: z.uuid(),
    name: z.string(),
    ending: z.string().openapi({ description: 'The last characters of the key, to tell one from another' }),
    state: z.enum(['good', 'over', 'revoked']),
    may,
    programme: z.string().nullable(),
    outlets: z.array(z.object({ code: z.string(), name: z.string() })).nullable(),
    createdBy: z.string().nullable().openapi({ description: 'Null: from the command line' }),
    createdAt: time(),
    expiresAt: time().nullable(),
    lastUsedAt: time().nullable().openapi({ description: 'To the minute' }),
    revokedBy: z.string().nullable(),
    revokedAt: time().nullable(),
  })
  .openapi('ApiKey');
const ownShape = z
  .object({
    name: z.string(),
    may,
    programme: z.string().nullable(),
    outlets: z.array(z.string()).nullable(),
    expiresAt: time().nullable(),
  })
  .openapi('OwnKey');
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };

export const keyRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/keys',
      tags,
      summary: 'The API keys of other systems, the newest first, revoked ones among them (managers)',
      request: { query: pageQuery },
      responses: {
        200: json(z.object({ items: z.array(keyShape), next: z.string().nullable() }), 'A page'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffInRole(c, managers);
      const page = pageOf<KeyId>(c, c.req.valid('query'));
      const { db, now } = c.get('app');
      const keys = await withTenant(db, by.tenant, (tx) => tellKeys(tx, page, now()));
      const next = keys.length === page.limit ? keys.at(-1)!.id : null;
      return c.json({ items: keys.map(showKey), next }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/keys',
      tags,
      summary: 'Make an API key for a till, an ERP or an accounting system (managers)',
      description:
        'The answer holds the key itself, this one time: only its hash is kept. So it takes no Idempotency-Key; a key that got lost on the way is revoked, and another one made.',
      request: body(keyAsked),
      responses: {
        201: json(
          z.object({ key: keyShape, secret: z.string() }),
          'The key, and what the system sends as bearer token',
        ),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffInRole(c, managers);
      const { name, may: abilities, programme = null, outlets = null, expiresAt } = c.req.valid('json');
      const until = expiresAt === undefined ? null : new Date(expiresAt);
      const { db, now } = c.get('app');
      const asked = { name, may: abilities, programme, outlets, expiresAt: until };
      const made = await withTenant(db, by.tenant, (tx) => makeKey(tx, asked, by.id, now()));
      if (!made.ok) return endWith(c, made);
      return c.json({ key: showKey(made.key), secret: made.text }, 201, { 'cache-control': 'no-store' });
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/keys/current',
      tags,
      summary: 'The API key that asks: what it may do, where and until when (API keys)',
      responses: { 200: json(ownShape, 'The key'), ...refusals },
    }),
    async (c) => {
      const by = await keySignedIn(c);
      const own = await withTenant(c.get('app').db, by.tenant, (tx) => tellOwnKey(tx, by));
      return c.json({ ...own, may: [...own.may], expiresAt: own.expiresAt?.toISOString() ?? null }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/keys/{id}',
      tags,
      summary: 'Revoke an API key at once and for ever (managers); repeating it is harmless',
      request: idParam,
      responses: { 204: { description: 'Revoked' }, ...refusals },
    }),
    async (c) => {
      const by = await staffInRole(c, managers);
      const { id } = c.req.valid('param');
      const { db, now } = c.get('app');
      const isThere =
        isId<KeyId>(id) && (await withTenant(db, by.tenant, (tx) => revokeKey(tx, id, by.id, now())));
      return isThere ? c.body(null, 204) : endWith(c, refuse('not-found'));
    },
  );

function showKey({ may: abilities, createdAt, expiresAt, lastUsedAt, revokedAt, ...rest }: ToldKey) {
  return {
    ...rest,
    may: [...abilities],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
