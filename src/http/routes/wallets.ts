import { createRoute, z } from '@hono/zod-openapi';
import { withTenant } from '../../db/transact.ts';
import {
  saveSharedWallet,
  tellSharedWallet,
  tellWalletStatement,
  type WalletStory,
} from '../../flow/shared-wallet.ts';
import { listWallets, type WalletId } from '../../network/wallets.ts';
import { isId, type ParticipantId, type TransferId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { movers, signedIn, staffInRole } from '../identify.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { endWith } from '../problem.ts';
import { idAsked, statementShape } from '../shapes.ts';
import { showStatement } from '../show-ledger.ts';

const tags = ['wallets'];
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
/** Members of one wallet; a larger group is better served by wallets of its parts. */
const membersMax = 200;

const member = z.strictObject({
  participant: idAsked(),
  limitUnits: z
    .int()
    .min(0)
    .max(1_000_000_000_000)
    .nullable()
    .openapi({ description: 'What one may spend in a period; null: as much as there is' }),
  limitPer: z.enum(['day', 'week', 'month']),
  isActive: z.boolean().default(true),
});

const walletAsked = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9][a-z0-9:._-]{0,59}$/i),
    name: z.string().trim().min(1).max(120),
    asset: z.string().min(1).max(60).default('points'),
    members: z.array(member).min(1).max(membersMax),
  })
  .openapi('SharedWalletAsked');

const headShape = z.object({ id: z.uuid(), code: z.string(), name: z.string(), asset: z.string() });
const walletShape = headShape
  .extend({
    available: z.int(),
    held: z.int(),
    members: z.array(
      member.extend({
        name: z.string(),
        used: z.int().openapi({ description: 'In the period now' }),
        left: z.int().nullable(),
      }),
    ),
  })
  .openapi('SharedWallet');

const lineShape = statementShape.shape.items.element.extend({
  member: z
    .object({ id: z.uuid(), name: z.string() })
    .nullable()
    .openapi({ description: 'Who gave or spent' }),
});

export const walletRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'post',
      path: '/wallets',
      tags,
      summary:
        'Open a shared wallet, or change its name, members and limits (managers, operators); repeating it is harmless',
      request: body(walletAsked),
      responses: { 200: json(walletShape, 'The wallet'), ...refusals },
    }),
    async (c) => {
      const by = await staffInRole(c, movers);
      const given = c.req.valid('json');
      const { db, now } = c.get('app');
      const saved = await withTenant(db, by.tenant, async (tx) => {
        const members = given.members.map((one) => ({
          ...one,
          participant: one.participant as ParticipantId,
          limitUnits: one.limitUnits === null ? null : BigInt(one.limitUnits),
        }));
        const answer = await saveSharedWallet(tx, { ...given, members }, now());
        return answer.ok ? tellSharedWallet(tx, answer.wallet.id, null, now()) : answer;
      });
      if (!saved || 'refused' in saved) return endWith(c, saved ?? refuse('not-found'));
      return c.json(showWallet(saved), 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/wallets',
      tags,
      summary: 'Shared wallets: one’s own, or all for staff',
      request: { query: pageQuery },
      responses: {
        200: json(z.object({ items: z.array(headShape), next: z.string().nullable() }), 'A page, by code'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await signedIn(c);
      const member = by.kind === 'participant' ? by.id : null;
      const { limit, before: after } = pageOf<WalletId>(c, c.req.valid('query'));
      const wallets = await withTenant(c.get('app').db, by.tenant, (tx) =>
        listWallets(tx, { member, after, limit }),
      );
      const next = wallets.length === limit ? wallets.at(-1)!.id : null;
      return c.json(
        { items: wallets.map(({ id, code, name, asset }) => ({ id, code, name, asset })), next },
        200,
      );
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/wallets/{id}',
      tags,
      summary: 'A shared wallet: its balance, and what each member may still spend',
      request: idParam,
      responses: { 200: json(walletShape, 'The wallet'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { id } = c.req.valid('param');
      const { db, now } = c.get('app');
      const reader = by.kind === 'participant' ? by.id : null;
      const story = await withTenant(db, by.tenant, async (tx) =>
        isId<WalletId>(id) ? tellSharedWallet(tx, id, reader, now()) : null,
      );
      return story ? c.json(showWallet(story), 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/wallets/{id}/statement',
      tags,
      summary: 'What happened on a shared wallet, newest first: who gave and who spent what',
      request: { ...idParam, query: pageQuery },
      responses: {
        200: json(z.object({ items: z.array(lineShape), next: z.string().nullable() }), 'A page'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { id } = c.req.valid('param');
      const page = pageOf<TransferId>(c, c.req.valid('query'));
      const { db, now } = c.get('app');
      const reader = by.kind === 'participant' ? by.id : null;
      const told = await withTenant(db, by.tenant, async (tx) =>
        isId<WalletId>(id) && (await tellSharedWallet(tx, id, reader, now()))
          ? tellWalletStatement(tx, id, page)
          : null,
      );
      if (!told) return endWith(c, refuse('not-found'));
      const lines = told.lines.map((line) => ({ ...line, evidence: null }));
      const { items, next } = showStatement({ lines, next: told.next }, c.get('language'));
      return c.json({ items: items.map((item, i) => ({ ...item, member: lines[i]!.member })), next }, 200);
    },
  );

function showWallet({ wallet, available, held, members }: WalletStory): z.infer<typeof walletShape> {
  const { id, code, name, asset } = wallet;
  return {
    id,
    code,
    name,
    asset,
    available: Number(available),
    held: Number(held),
    members: members.map(({ limitUnits, used, left, ...one }) => ({
      ...one,
      limitUnits: limitUnits === null ? null : Number(limitUnits),
      used: Number(used),
      left: left === null ? null : Number(left),
    })),
  };
}
