import { createRoute, z } from '@hono/zod-openapi';

import { withTenant } from '../../db/transact.ts';
import { changeMembership } from '../../flow/change-membership.ts';
import { programmeAsked } from '../../flow/tell-rules.ts';
import { membershipOf } from '../../network/participants.ts';
import { staffById } from '../../network/staff.ts';
import { isId, type ParticipantId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { onceIfAsked } from '../idempotency.ts';
import { staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { whichProgramme } from './rule-versions.ts';

const tags = ['progress'];
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
const membershipShape = z
  .object({ joinedOn: z.iso.date().nullable(), contractOn: z.iso.date().nullable() })
  .openapi('Membership');

export const membershipRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}/membership',
      tags,
      summary: 'Since when a participant takes part, and the day of their contract (staff)',
      request: idParam,
      responses: { 200: json(membershipShape, 'The days; null: not known'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const known = await withTenant(c.get('app').db, by.tenant, async (tx) =>
        isId<ParticipantId>(id) ? membershipOf(tx, id) : null,
      );
      return known ? c.json(known, 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/participants/{id}/membership',
      tags,
      summary: 'Say since when a participant takes part, or which day their contract has (managers)',
      description:
        'Cycles of tiers are counted from these days where the tiers say so, and the participant’s tiers are computed again. What is left out stays.',
      request: {
        ...idParam,
        query: z.object({ programme: whichProgramme }),
        ...body(z.strictObject({ joinedOn: z.iso.date().optional(), contractOn: z.iso.date().optional() })),
      },
      responses: { 200: json(membershipShape, 'The days now'), 403: refusals[422], ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const given = c.req.valid('json');
      const done = await onceIfAsked(c, by, `participants/${id}/membership`, given, async (tx, at) => {
        if (!isId<ParticipantId>(id)) return refuse('not-found');
        const asked = await programmeAsked(tx, c.req.valid('query').programme);
        if (!asked.ok) return asked;
        const staff = (await staffById(tx, by.id))!;
        const { joinedOn = null, contractOn = null } = given;
        const days = { participant: id, joinedOn, contractOn };
        const changed = await changeMembership(tx, asked.programme, days, staff, at);
        return changed.ok ? { ok: true as const, ...(await membershipOf(tx, id))! } : changed;
      });
      const { ok: _ok, ...shown } = done;
      return c.json(shown, 200);
    },
  );
