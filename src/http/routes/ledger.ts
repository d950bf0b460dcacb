import { createRoute, z } from '@hono/zod-openapi';
import { listActivities } from '../../activity/read.ts';
import { withTenant, type Tx } from '../../db/transact.ts';
import { explainTransfer } from '../../flow/explain-transfer.ts';
import { nameOwners } from '../../flow/name-owners.ts';
import type { SignedIn } from '../../flow/sign-in.ts';
import { tellStatement, tellWallet } from '../../flow/tell-wallet.ts';
import { activityFor } from '../../flow/within-key.ts';
import { transferById, type BookedTransfer } from '../../ledger/read.ts';
import { outletsByIds } from '../../network/outlets.ts';
import { participantById, participantsByIds } from '../../network/participants.ts';
import { productsByIds } from '../../network/products.ts';
import { walletsUsedBy } from '../../network/wallets.ts';
import { inboxOf, markRead, type MessageId } from '../../notify/outbox.ts';
import { isId, type ActivityId, type Id, type ParticipantId, type TransferId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import type { Activity } from '../../activity/activity.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { participantSignedIn, signedIn, signedInOrKey, staffSignedIn } from '../identify.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { endWith } from '../problem.ts';
import {
  activityShape,
  explanationShape,
  idAsked,
  messageShape,
  statementShape,
  transferShape,
  walletShape,
} from '../shapes.ts';
import { showActivity, showMessage, showTransfer } from '../show-evidence.ts';
import { showExplanation, showStatement, showWallet } from '../show-ledger.ts';

const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };

export const ledgerRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/activities',
      tags: ['activities'],
      summary: 'Activities in their newest version, newest first: one’s own, or all for staff',
      request: {
        query: pageQuery.extend({
          participant: z.string().max(60).optional().openapi({ description: 'Id of whose, for staff' }),
        }),
      },
      responses: {
        200: json(z.object({ items: z.array(activityShape), next: z.string().nullable() }), 'A page'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await signedIn(c);
      const query = c.req.valid('query');
      const { limit, before } = pageOf<ActivityId>(c, query);
      const wanted = by.kind === 'participant' ? by.id : query.participant;
      if (wanted !== undefined && !isId<ParticipantId>(wanted)) return endWith(c, refuse('not-found'));
      const page = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const activities = await listActivities(tx, {
          ...(wanted ? { participant: wanted } : {}),
          ...(before ? { before } : {}),
          limit,
        });
        const next = activities.length === limit ? activities.at(-1)!.id : null;
        return { items: await showActivities(tx, activities), next };
      });
      return c.json(page, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/activities/{id}',
      tags: ['activities'],
      summary: 'One activity in its newest version (also for API keys)',
      request: idParam,
      responses: { 200: json(activityShape, 'The activity'), ...refusals },
    }),
    async (c) => {
      const by = await signedInOrKey(c, 'read');
      const { id } = c.req.valid('param');
      const shown = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const activity = await activityFor(tx, by, id);
        return activity && (await showActivities(tx, [activity]))[0]!;
      });
      return shown ? c.json(shown, 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/transfers/{id}',
      tags: ['ledger'],
      summary: 'One transfer',
      request: idParam,
      responses: { 200: json(transferShape, 'The transfer'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { id } = c.req.valid('param');
      const shown = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const { transfer } = (await transferFor(tx, by, id)) ?? {};
        return (
          transfer && showTransfer(transfer, await nameOwners(tx, [transfer.from.owner, transfer.to.owner]))
        );
      });
      return shown ? c.json(shown, 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/transfers/{id}/explanation',
      tags: ['ledger'],
      summary: 'Why a transfer was made: rule version, arithmetic, activity, evidence',
      request: idParam,
      responses: { 200: json(explanationShape, 'Why'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { id } = c.req.valid('param');
      const language = c.get('language');
      const shown = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const seen = await transferFor(tx, by, id);
        const told = seen && (await explainTransfer(tx, seen.transfer.id, language, seen.owner));
        return told && showExplanation(told, language);
      });
      return shown ? c.json(shown, 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/wallet',
      tags: ['ledger'],
      summary: 'One’s own balances and what expires when',
      responses: { 200: json(walletShape, 'The wallet'), ...refusals },
    }),
    async (c) => {
      const by = await participantSignedIn(c);
      const wallet = await withTenant(c.get('app').db, by.tenant, (tx) => tellWallet(tx, by.id));
      return c.json(showWallet(wallet), 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/statement',
      tags: ['ledger'],
      summary: 'One’s own movements, newest first, with the balance after each',
      request: { query: pageQuery },
      responses: { 200: json(statementShape, 'A page'), ...refusals },
    }),
    async (c) => {
      const by = await participantSignedIn(c);
      const { limit, before } = pageOf<TransferId>(c, c.req.valid('query'));
      const language = c.get('language');
      const page = await withTenant(c.get('app').db, by.tenant, (tx) =>
        tellStatement(tx, by.id, { limit, before }),
      );
      return c.json(showStatement(page, language), 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}/wallet',
      tags: ['ledger'],
      summary: 'A participant’s balances (staff)',
      request: idParam,
      responses: { 200: json(walletShape, 'The wallet'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const wallet = await withTenant(c.get('app').db, by.tenant, async (tx) =>
        isId<ParticipantId>(id) && (await participantById(tx, id)) ? tellWallet(tx, id) : null,
      );
      return wallet ? c.json(showWallet(wallet), 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}/statement',
      tags: ['ledger'],
      summary: 'A participant’s movements (staff)',
      request: { ...idParam, query: pageQuery },
      responses: { 200: json(statementShape, 'A page'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const { limit, before } = pageOf<TransferId>(c, c.req.valid('query'));
      const page = await withTenant(c.get('app').db, by.tenant, async (tx) =>
        isId<ParticipantId>(id) && (await participantById(tx, id))
          ? tellStatement(tx, id, { limit, before })
          : null,
      );
      return page ? c.json(showStatement(page, c.get('language')), 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/messages',
      tags: ['messages'],
      summary: 'One’s own messages, newest first',
      responses: {
        200: json(z.object({ items: z.array(messageShape), unread: z.int() }), 'Messages'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await participantSignedIn(c);
      const { items, unread } = await withTenant(c.get('app').db, by.tenant, (tx) => inboxOf(tx, by.id));
      return c.json({ items: items.map(showMessage), unread }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/messages/read',
      tags: ['messages'],
      summary: 'Mark messages as read; repeating it changes nothing',
      request: body(z.strictObject({ ids: z.array(idAsked()).max(200) })),
      responses: { 204: { description: 'Marked' }, ...refusals },
    }),
    async (c) => {
      const by = await participantSignedIn(c);
      const { db, now } = c.get('app');
      const ids = c.req.valid('json').ids as string[] as MessageId[];
      await withTenant(db, by.tenant, (tx) => markRead(tx, by.id, ids, now()));
      return c.body(null, 204);
    },
  );

/** A transfer as somebody may see it: from the side of this owner, or from both where it is null. */
type SeenTransfer = { transfer: BookedTransfer; owner: Id<string> | null };

// Somebody else's transfer does not exist for a participant; that of a wallet they share is not somebody else's.
async function transferFor(tx: Tx, by: SignedIn, id: string): Promise<SeenTransfer | null> {
  const transfer = isId<TransferId>(id) ? await transferById(tx, id) : null;
  if (!transfer) return null;
  if (by.kind === 'staff') return { transfer, owner: null };
  const sides = [transfer.from, transfer.to];
  if (sides.some(({ owner }) => owner === by.id)) return { transfer, owner: by.id };
  const balances = sides.filter(({ role }) => role === 'available');
  const owners = balances.map(({ owner }) => owner);
  const [shared] = await walletsUsedBy(tx, by.id, owners);
  return shared ? { transfer, owner: shared } : null;
}

async function showActivities(tx: Tx, activities: readonly Activity[]) {
  const participants = await participantsByIds(tx, [...new Set(activities.map((each) => each.participant))]);
  const outlets = await outletsByIds(tx, [...new Set(activities.map((each) => each.outlet))]);
  const ids = activities.flatMap((each) => each.lines.flatMap((line) => line.product ?? []));
  const products = await productsByIds(tx, [...new Set(ids)]);
  return activities.map((activity) => {
    const participant = participants.find((each) => each.id === activity.participant)!;
    const outlet = outlets.find((each) => each.id === activity.outlet) ?? null;
    return showActivity(activity, participant, outlet, products);
  });
}
