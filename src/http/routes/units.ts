import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { withTenant, type Tx } from '../../db/transact.ts';
import { giveUnits, type GiftAsked } from '../../flow/give-units.ts';
import {
  heldUnits,
  holdUnitsAll,
  stepAll,
  type HeldUnits,
  type HoldAsked,
  type HoldStep,
} from '../../flow/hold-units.ts';
import { nameOwners } from '../../flow/name-owners.ts';
import { refundSpend } from '../../flow/refund-spend.ts';
import { tellEvent } from '../../flow/tell-event.ts';
import { activityFor } from '../../flow/within-key.ts';
import type { WalletId } from '../../network/wallets.ts';
import { transferById } from '../../ledger/read.ts';
import { isId, newId, type Id, type ParticipantId, type TransferId } from '../../shared/id.ts';
import { refuse, type Refused } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter, type Env } from '../app.ts';
import { onceAsked, onceTogether } from '../idempotency.ts';
import { movers, participantSignedIn, staffInRole, staffInRoleOrKey, staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { idAsked, transferShape } from '../shapes.ts';
import { showTransfer } from '../show-evidence.ts';

const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
const units = () =>
  z
    .int()
    .min(1)
    .max(1_000_000_000_000)
    .openapi({ description: 'Integer of the smallest part of the asset', example: 120 });

const giftAsked = z
  .strictObject({
    to: z.union([
      z.strictObject({
        person: z.string().min(1).max(60).openapi({ description: 'Phone number (E.164) or code' }),
      }),
      z.strictObject({
        wallet: z.string().min(1).max(60).openapi({ description: 'Code of a shared wallet' }),
      }),
    ]),
    asset: z.string().min(1).max(60).default('points'),
    units: units(),
  })
  .openapi('GiftAsked');

const holdAsked = z
  .strictObject({
    participant: idAsked().openapi({ description: 'Who spends' }),
    wallet: idAsked()
      .optional()
      .openapi({ description: 'A shared wallet to spend from; absent: one’s own balance' }),
    programme: z.string().max(60).optional().openapi({
      description:
        'Code of the programme that takes them back; where only one gives them out it may be left out',
    }),
    asset: z.string().min(1).max(60).default('points'),
    units: units(),
    timesOutAt: z.iso
      .datetime({ offset: true })
      .optional()
      .openapi({ description: 'When it is released by itself' }),
  })
  .openapi('HoldAsked');

const stepAsked = z
  .strictObject({ units: units().optional().openapi({ description: 'Absent: all that is left of it' }) })
  .openapi('HoldStepAsked');

const holdShape = z
  .object({ hold: transferShape, open: z.int().openapi({ description: 'Left to capture or release' }) })
  .openapi('Hold');

const eventTold = z
  .strictObject({
    event: z
      .string()
      .regex(/^[a-z0-9][a-z0-9:._-]{0,59}$/i)
      .openapi({ example: 'delivery' }),
    occurredAt: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Absent: now' }),
  })
  .openapi('EventTold');
const activatedShape = z.object({ transfer: z.uuid(), owner: z.uuid(), asset: z.string(), units: z.int() });

/** One of the two things that become of a hold. */
const stepRoute = <Path extends string>(path: Path, summary: string) =>
  createRoute({
    method: 'post',
    path,
    tags: ['ledger'],
    summary,
    request: { ...idParam, ...body(stepAsked) },
    responses: { 200: json(holdShape.extend({ transfer: z.uuid() }), 'What is left of it'), ...refusals },
  });

const holdOnce = onceTogether('holds', async (tx, asked: HoldAsked[], at) => {
  const held = await holdUnitsAll(tx, asked, at);
  const show = await holdsShown(tx, held);
  return held.map((one) => (one.ok ? show(one) : one));
});

const stepOnce = (how: 'capture' | 'release') =>
  onceTogether(how, async (tx, asked: HoldStep[], at) => {
    const done = await stepAll(tx, asked, how, at);
    const show = await holdsShown(tx, done);
    return done.map((one) => (one.ok ? { ...show(one), transfer: one.transfer } : one));
  });
const captureOnce = stepOnce('capture');
const releaseOnce = stepOnce('release');

// Each gift counts in the limit of the next, so they are booked one after the other.
const giveOnce = onceTogether('gifts', async (tx, asked: (GiftAsked & { from: ParticipantId })[], at) => {
  const answers = [];
  for (const { from, ...gift } of asked) {
    const given = await giveUnits(tx, from, gift, at);
    answers.push(given.ok ? { ...given, available: Number(given.available) } : given);
  }
  return answers;
});

export const unitRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'post',
      path: '/wallet/gifts',
      tags: ['ledger'],
      summary: 'Give units of one’s own to somebody; they keep their last day (Idempotency-Key required)',
      request: body(giftAsked),
      responses: {
        201: json(z.object({ gift: z.uuid(), available: z.int() }), 'Given; what is left to spend'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await participantSignedIn(c);
      const given = c.req.valid('json');
      const { to, asset } = given;
      const asked = { from: by.id, to, asset, units: BigInt(given.units) };
      const { gift, available } = await giveOnce(c, by, given, asked);
      return c.json({ gift, available }, 201);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/holds',
      tags: ['ledger'],
      summary:
        'Set units of a participant aside, to capture or release (managers, operators; Idempotency-Key required)',
      request: body(holdAsked),
      responses: { 201: json(holdShape, 'Held'), ...refusals },
    }),
    async (c) => {
      const by = await staffInRole(c, movers);
      const given = c.req.valid('json');
      const spender = {
        participant: given.participant as ParticipantId,
        wallet: (given.wallet ?? null) as WalletId | null,
      };
      const timesOutAt = given.timesOutAt ? new Date(given.timesOutAt) : null;
      const { asset, programme } = given;
      const asked = { spender, asset, units: BigInt(given.units), timesOutAt, programme };
      const { hold, open } = await holdOnce(c, by, given, asked);
      return c.json({ hold, open }, 201);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/holds/{id}',
      tags: ['ledger'],
      summary: 'A hold and what is left of it (staff)',
      request: idParam,
      responses: { 200: json(holdShape, 'The hold'), ...refusals },
    }),
    async (c) => {
      await staffSignedIn(c);
      return c.json(await shown(c, c.req.valid('param').id), 200);
    },
  )
  .openapi(
    stepRoute(
      '/holds/{id}/capture',
      'Spend what is held, or part of it (managers, operators; Idempotency-Key required)',
    ),
    async (c) => c.json(await step(c, c.req.valid('param').id, c.req.valid('json'), captureOnce), 200),
  )
  .openapi(
    stepRoute(
      '/holds/{id}/release',
      'Free what is held, or part of it (managers, operators; Idempotency-Key required)',
    ),
    async (c) => c.json(await step(c, c.req.valid('param').id, c.req.valid('json'), releaseOnce), 200),
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/transfers/{id}/refund',
      tags: ['ledger'],
      summary: 'Give back what a spend took, or part of it (managers, operators; Idempotency-Key required)',
      request: { ...idParam, ...body(stepAsked) },
      responses: {
        200: json(
          z.object({ refund: z.uuid(), units: z.int() }),
          'Given back; the id is the cause of its transfers',
        ),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffInRole(c, movers);
      const { id } = c.req.valid('param');
      const given = c.req.valid('json');
      const found = await withTenant(c.get('app').db, by.tenant, async (tx) =>
        isId<TransferId>(id) ? transferById(tx, id) : null,
      );
      if (!found) return endWith(c, refuse('not-found'));
      const { refund, units } = await onceAsked(c, by, 'refund', [id, given], async (tx, at) => {
        const because = newId<Id<'refund'>>(at);
        const asked = given.units === undefined ? null : BigInt(given.units);
        const done = await refundSpend(tx, { spend: found.id, units: asked, because }, at);
        return done.ok ? { ok: true, refund: because, units: Number(done.units) } : done;
      });
      return c.json({ refund, units }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/activities/{id}/events',
      tags: ['activities'],
      summary:
        'Tell an event that points wait for, such as delivery or payment (managers, operators, API keys); repeating it is harmless',
      request: { ...idParam, ...body(eventTold) },
      responses: {
        200: json(z.object({ activated: z.array(activatedShape) }), 'What became available'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffInRoleOrKey(c, movers, 'record');
      const { id } = c.req.valid('param');
      const { event, occurredAt } = c.req.valid('json');
      const { db, now } = c.get('app');
      const answer = await withTenant(db, by.tenant, async (tx) => {
        const at = now();
        const told = { event, occurredAt: occurredAt ? new Date(occurredAt) : at };
        const activity = await activityFor(tx, by, id);
        return activity ? tellEvent(tx, activity.id, told, at) : refuse('not-found');
      });
      if (!answer.ok) return endWith(c, answer);
      const activated = answer.activated.map(({ transfer, owner, asset, units }) => ({
        transfer,
        owner,
        asset,
        units: Number(units),
      }));
      return c.json({ activated }, 200);
    },
  );

async function step(
  c: Context<Env>,
  id: string,
  given: z.infer<typeof stepAsked>,
  stepOnce: typeof captureOnce,
): Promise<z.infer<typeof holdShape> & { transfer: string }> {
  const by = await staffInRole(c, movers);
  // Before the key is looked at: an id that is not there answers the same with and without one.
  await shown(c, id);
  const asked = { hold: id as TransferId, units: given.units === undefined ? null : BigInt(given.units) };
  const { hold, open, transfer } = await stepOnce(c, by, [id, given], asked);
  return { hold, open, transfer };
}

async function shown(c: Context<Env>, id: string): Promise<z.infer<typeof holdShape>> {
  const by = await staffSignedIn(c);
  const found = await withTenant(c.get('app').db, by.tenant, async (tx) => {
    const held = isId<TransferId>(id) ? await heldUnits(tx, id) : null;
    return held && showHold(tx, held);
  });
  return found ?? endWith(c, refuse('not-found'));
}

async function showHold(tx: Tx, held: HeldUnits): Promise<z.infer<typeof holdShape>> {
  const { hold, open } = (await holdsShown(tx, [held]))(held);
  return { hold, open };
}

/** How each of these holds is shown. */
async function holdsShown(
  tx: Tx,
  held: readonly (HeldUnits | Refused)[],
): Promise<(one: HeldUnits) => { ok: true } & z.infer<typeof holdShape>> {
  const names = await nameOwners(
    tx,
    held.flatMap((one) => (one.ok ? [one.hold.from.owner, one.hold.to.owner] : [])),
  );
  return ({ hold, open }) => ({ ok: true, hold: showTransfer(hold, names), open: Number(open) });
}
