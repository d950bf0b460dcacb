import { createRoute, z } from '@hono/zod-openapi';

import type { Language } from '../../../web/texts/say.ts';
import { withTenant, type Tx } from '../../db/transact.ts';
import { giveTier, saveProgress } from '../../flow/save-progress.ts';
import { giveTargets } from '../../flow/set-targets.ts';
import { goalsOfToday, type GoalProgress } from '../../flow/tell-progress.ts';
import { tellTierHistory } from '../../flow/tell-tier-history.ts';
import { programmeAsked, programmeOfTiers, programmesAsked } from '../../flow/tell-rules.ts';
import { participantById, participantsByIds } from '../../network/participants.ts';
import type { Programme } from '../../network/programmes.ts';
import { staffById } from '../../network/staff.ts';
import { documentsFollowed, followedBy, ofKind } from '../../progress/book.ts';
import { membersOf, segmentSizes } from '../../progress/segments.ts';
import { isId, type ParticipantId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { wallTime } from '../../shared/time.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { onceIfAsked } from '../idempotency.ts';
import { participantSignedIn, signedIn, staffSignedIn } from '../identify.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { endWith } from '../problem.ts';
import { dayAsked } from '../shapes.ts';
import {
  documentShape,
  goalShape,
  memberShape,
  segmentShape,
  showDocument,
  showGoal,
  showTiers,
  tiersShape,
} from '../show-progress.ts';
import { whichProgramme } from './rule-versions.ts';

const tags = ['progress'];
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
const which = z.object({ programme: whichProgramme, lang: z.string().max(20).optional() });
const code = z.string().max(120);
const reason = z.string().trim().min(1).max(500);
const items = <T extends z.ZodType>(shape: T) => z.object({ items: z.array(shape) });

async function goalsOf(tx: Tx, programmes: Programme[], id: ParticipantId, language: Language, at: Date) {
  const goals: GoalProgress[] = [];
  for (const one of programmes) goals.push(...(await goalsOfToday(tx, one, id, language, at)));
  return goals;
}

export const progressRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/goals',
      tags,
      summary: 'One’s own goals of today: what is done, what is missing, until when',
      request: { query: which },
      responses: { 200: json(items(goalShape), 'The goals'), ...refusals },
    }),
    async (c) => {
      const by = await participantSignedIn(c);
      const { db, now } = c.get('app');
      const told = await withTenant(db, by.tenant, async (tx) => {
        const asked = await programmesAsked(tx, c.req.valid('query').programme);
        return asked.ok ? goalsOf(tx, asked.programmes, by.id, c.get('language'), now()) : asked;
      });
      return 'refused' in told ? endWith(c, told) : c.json({ items: told.map(showGoal) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}/goals',
      tags,
      summary: 'A participant’s goals of today (staff)',
      request: { ...idParam, query: which },
      responses: { 200: json(items(goalShape), 'The goals'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const { db, now } = c.get('app');
      const told = await withTenant(db, by.tenant, async (tx) => {
        if (!isId<ParticipantId>(id) || !(await participantById(tx, id))) return refuse('not-found');
        const asked = await programmesAsked(tx, c.req.valid('query').programme);
        return asked.ok ? goalsOf(tx, asked.programmes, id, c.get('language'), now()) : asked;
      });
      return 'refused' in told ? endWith(c, told) : c.json({ items: told.map(showGoal) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/targets',
      tags,
      summary: 'Give people, outlets or partners targets of their own (managers)',
      description:
        'A target counts for the periods that begin on `startsOn` or later; a further one for the same day takes its place, and both are kept. `owner` is the code of whose goal it is; `value` is in the units of the rule’s target.',
      request: {
        query: which,
        ...body(
          z.strictObject({
            items: z
              .array(
                z.strictObject({
                  rule: code,
                  owner: code,
                  startsOn: dayAsked(),
                  value: z.int().min(1).max(1_000_000_000_000),
                  reason,
                }),
              )
              .min(1)
              .max(1000),
          }),
        ),
      },
      responses: { 200: json(z.object({ set: z.int() }), 'Set'), 403: refusals[422], ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const given = c.req.valid('json');
      const done = await onceIfAsked(c, by, 'targets', given, async (tx, at) => {
        const staff = (await staffById(tx, by.id))!;
        if (staff.role !== 'manager') return refuse('not-allowed');
        const asked = await programmeAsked(tx, c.req.valid('query').programme);
        if (!asked.ok) return asked;
        const targets = given.items.map((one) => ({ ...one, value: BigInt(one.value) }));
        return giveTargets(tx, asked.programme, targets, staff.code, at);
      });
      return c.json({ set: done.set }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}/tiers',
      tags,
      summary:
        'The tiers of a participant with reasons, the tier of a day, what keeps today’s: one’s own, or staff',
      request: { ...idParam, query: which.extend({ on: dayAsked().optional() }) },
      responses: { 200: json(tiersShape, 'The tiers'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { id } = c.req.valid('param');
      const { on, programme: named } = c.req.valid('query');
      const { db, now } = c.get('app');
      const told = await withTenant(db, by.tenant, async (tx) => {
        const isOwn = by.kind === 'staff' || by.id === id;
        const person = isOwn && isId<ParticipantId>(id) ? await participantById(tx, id) : null;
        if (!person) return refuse('not-found');
        const asked = await programmeOfTiers(tx, named);
        if (!asked.ok) return asked;
        const day = on ?? wallTime(now(), asked.programme.timeZone).day;
        return tellTierHistory(tx, asked.programme, person, day, c.get('language'), now());
      });
      return 'refused' in told ? endWith(c, told) : c.json(showTiers(told, by.kind), 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/participants/{id}/tier-overrides',
      tags,
      summary: 'Give a participant a tier by hand, for some days and a reason (managers)',
      request: {
        ...idParam,
        query: which,
        ...body(z.strictObject({ tier: code, from: dayAsked(), until: dayAsked(), reason })),
      },
      responses: { 200: json(z.object({ ok: z.literal(true) }), 'Given'), 403: refusals[422], ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const given = c.req.valid('json');
      const done = await onceIfAsked(c, by, `participants/${id}/tier-overrides`, given, async (tx, at) => {
        if (!isId<ParticipantId>(id)) return refuse('not-found');
        const asked = await programmeOfTiers(tx, c.req.valid('query').programme);
        if (!asked.ok) return asked;
        const staff = (await staffById(tx, by.id))!;
        return giveTier(tx, asked.programme, { participant: id, ...given }, staff, at);
      });
      return c.json({ ok: done.ok }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/segments',
      tags,
      summary: 'The segments of a programme and how many belong to each (staff)',
      request: { query: which },
      responses: { 200: json(items(segmentShape), 'The segments'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const found = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const asked = await programmeAsked(tx, c.req.valid('query').programme);
        if (!asked.ok) return asked;
        const { segments } = await followedBy(tx, asked.programme.id);
        const sizes = await segmentSizes(tx, asked.programme.id);
        return segments.map(({ document: { code, title, condition }, version }) => ({
          code,
          version,
          title: title[c.get('language')] ?? title['en']!,
          condition,
          members: sizes.get(code) ?? 0,
        }));
      });
      return 'refused' in found ? endWith(c, found) : c.json({ items: found }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/segments/members',
      tags,
      summary: 'Who belongs to a segment (staff)',
      request: { query: pageQuery.extend({ programme: whichProgramme, segment: code.optional() }) },
      responses: {
        200: json(z.object({ items: z.array(memberShape), next: z.string().nullable() }), 'A page'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const query = c.req.valid('query');
      const { limit, before: after } = pageOf<ParticipantId>(c, query);
      const { segment } = query;
      if (segment === undefined)
        return endWith(c, refuse('bad-request', { field: 'segment', problem: 'missing' }));
      const found = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const asked = await programmeAsked(tx, query.programme);
        if (!asked.ok) return asked;
        const members = await membersOf(tx, asked.programme.id, segment, { after, limit });
        const people = await participantsByIds(
          tx,
          members.map(({ participant }) => participant),
        );
        const named = new Map(people.map((person) => [person.id, person]));
        return members.map((one) => ({ ...one, ...named.get(one.participant) }));
      });
      if ('refused' in found) return endWith(c, found);
      const next = found.length === limit ? found.at(-1)!.participant : null;
      const shown = found.map(({ participant, since, code = '', name = '' }) => ({
        participant,
        code,
        name,
        since: since.toISOString(),
      }));
      return c.json({ items: shown, next }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/programme/progress',
      tags,
      summary: 'What a programme says of tiers, discounts, segments and lists of products (staff)',
      request: { query: which },
      responses: { 200: json(items(documentShape), 'The documents'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const found = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const asked = await programmeAsked(tx, c.req.valid('query').programme);
        if (!asked.ok) return asked;
        const found = await documentsFollowed(tx, asked.programme.id);
        const shown = (['tiers', 'discount', 'segment', 'list'] as const).flatMap((kind) =>
          ofKind(found, kind),
        );
        return shown.map(showDocument);
      });
      return 'refused' in found ? endWith(c, found) : c.json({ items: found }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/programme/progress',
      tags,
      summary: 'Save tiers, a discount, a segment or a list of products as the next version (managers)',
      description:
        'What it counts is filled from history, and everybody’s tier or membership is brought up to date. A new document counts from the beginning, an edit from `effectiveFrom` or today on.',
      request: {
        query: which,
        ...body(
          z.strictObject({
            document: z.record(z.string(), z.any()),
            effectiveFrom: dayAsked().optional(),
            state: z.enum(['live', 'retired']).optional(),
          }),
        ),
      },
      responses: {
        200: json(
          z.object({ kind: z.string(), code: z.string(), version: z.int(), unchanged: z.boolean() }),
          'Saved',
        ),
        403: refusals[422],
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { document, ...options } = c.req.valid('json');
      const { db, now } = c.get('app');
      const { staff, asked } = await withTenant(db, by.tenant, async (tx) => ({
        staff: (await staffById(tx, by.id))!,
        asked: await programmeAsked(tx, c.req.valid('query').programme),
      }));
      if (!asked.ok) return endWith(c, asked);
      const saved = await saveProgress(db, by.tenant, asked.programme, document, staff, now(), options);
      if (!saved.ok) return endWith(c, saved);
      const { kind, code: saidCode, version, unchanged } = saved;
      return c.json({ kind, code: saidCode, version, unchanged }, 200);
    },
  );
