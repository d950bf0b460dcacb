import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import { withTenant, type Tx } from '../../db/transact.ts';
import { previewTiers } from '../../flow/preview-tiers.ts';
import { programmeAsked, programmesAsked } from '../../flow/tell-rules.ts';
import type { SignedIn } from '../../flow/sign-in.ts';
import { discountsOfToday } from '../../flow/tell-discounts.ts';
import { sayProblem } from '../../flow/say-problem.ts';
import { goalStandings, standingsOfGoal, tellTargets } from '../../flow/tell-standings.ts';
import { tellTierSizes } from '../../flow/tell-tier-sizes.ts';
import { participantById, type Participant } from '../../network/participants.ts';
import type { Programme } from '../../network/programmes.ts';
import { followedBy } from '../../progress/book.ts';
import type { SubjectId } from '../../progress/counter.ts';
import { checkDocument } from '../../progress/documents.ts';
import { segmentsOf } from '../../progress/segments.ts';
import { isId, type ParticipantId, type RuleId } from '../../shared/id.ts';
import { refuse, type Refused } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter, type Env } from '../app.ts';
import { participantSignedIn, staffSignedIn } from '../identify.ts';
import { pageMax } from '../paging.ts';
import { endWith } from '../problem.ts';
import {
  belongsShape,
  discountShape,
  showDiscount,
  showStanding,
  showStandingOf,
  showTarget,
  standingOfShape,
  standingShape,
  targetShape,
  tierSizesShape,
  validationShape,
} from '../show-standings.ts';
import { whichProgramme } from './rule-versions.ts';

const tags = ['progress'];
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
const which = z.object({ programme: whichProgramme, lang: z.string().max(20).optional() });
const items = <T extends z.ZodType>(shape: T) => z.object({ items: z.array(shape) });

/** Asks within the programme that the query names; ends the request where there is none, or what is asked for refuses. */
async function within<T extends object>(
  c: Context<Env>,
  by: SignedIn,
  named: string | undefined,
  ask: (tx: Tx, programme: Programme) => Promise<T | Refused>,
): Promise<T> {
  const told = await withTenant(c.get('app').db, by.tenant, async (tx) => {
    const asked = await programmeAsked(tx, named);
    return asked.ok ? ask(tx, asked.programme) : asked;
  });
  return 'refused' in told ? endWith(c, told) : told;
}

/** Asks within each programme, or within the one that is named, and answers all of it together. */
async function across<T>(
  c: Context<Env>,
  by: SignedIn,
  named: string | undefined,
  ask: (tx: Tx, programme: Programme) => Promise<T[] | Refused>,
): Promise<T[]> {
  const told = await withTenant(c.get('app').db, by.tenant, async (tx) => {
    const asked = await programmesAsked(tx, named);
    if (!asked.ok) return asked;
    const all: T[] = [];
    for (const programme of asked.programmes) {
      const some = await ask(tx, programme);
      if ('refused' in some) return some;
      all.push(...some);
    }
    return all;
  });
  return 'refused' in told ? endWith(c, told) : told;
}

async function person(tx: Tx, id: string): Promise<Participant | null> {
  return isId<ParticipantId>(id) ? participantById(tx, id) : null;
}

export const standingRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'post',
      path: '/programme/progress/validation',
      tags,
      summary: 'What is wrong with a document of tiers, a discount or a segment, each with its place (staff)',
      description:
        'Of tiers also whom they would move if they counted from today on; null where they count what nothing has counted yet.',
      request: { query: which, ...body(z.strictObject({ document: z.record(z.string(), z.any()) })) },
      responses: {
        200: json(validationShape, 'None: it is in order'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { now } = c.get('app');
      const checked = checkDocument(c.req.valid('json').document);
      if (!checked.ok) {
        const problems = checked.problems.map((one) => ({
          at: one.at,
          sentence: sayProblem(one, c.get('language')),
        }));
        return c.json({ problems, tiers: null }, 200);
      }
      const { document } = checked;
      const told = await within(c, by, c.req.valid('query').programme, async (tx, programme) => ({
        tiers: document.kind === 'tiers' ? await previewTiers(tx, programme, document, now()) : null,
      }));
      return c.json({ problems: [], ...told }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/standings',
      tags,
      summary: 'How the goals that run today stand: how many have reached them, are near, are behind (staff)',
      request: { query: which },
      responses: { 200: json(items(standingShape), 'The goals'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { now } = c.get('app');
      const told = await across(c, by, c.req.valid('query').programme, (tx, programme) =>
        goalStandings(tx, programme, c.get('language'), now()),
      );
      return c.json({ items: told.map(showStanding) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/rules/{id}/standings',
      tags,
      summary: 'Who stands how with a goal that runs today, the nearest first (staff)',
      request: { ...idParam, query: which },
      responses: {
        200: json(z.object({ goal: standingShape, items: z.array(standingOfShape) }), 'At most 200'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const { now } = c.get('app');
      const [told] = await across(c, by, c.req.valid('query').programme, async (tx, programme) => {
        const one = isId<RuleId>(id) && (await standingsOfGoal(tx, programme, id, c.get('language'), now()));
        return one && one.ok ? [one] : [];
      });
      if (!told) return endWith(c, refuse('not-found'));
      return c.json({ goal: showStanding(told.goal), items: told.people.map(showStandingOf) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/rules/{id}/targets',
      tags,
      summary:
        'The targets that were set for people under a rule, the last set first, older versions among them (staff)',
      request: {
        ...idParam,
        query: which.extend({
          owner: z.string().max(60).optional().openapi({ description: 'Id of whose targets' }),
          limit: z.coerce.number().int().min(1).max(pageMax).optional(),
        }),
      },
      responses: {
        200: json(z.object({ items: z.array(targetShape), total: z.int() }), 'The targets'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const { programme: named, owner, limit = 50 } = c.req.valid('query');
      if (owner !== undefined && !isId<SubjectId>(owner)) return endWith(c, refuse('not-found'));
      const [told] = await across(c, by, named, async (tx, programme) => {
        const one =
          isId<RuleId>(id) && (await tellTargets(tx, programme, id, { owner: owner ?? null, limit }));
        return one && one.ok ? [one] : [];
      });
      if (!told) return endWith(c, refuse('not-found'));
      return c.json({ items: told.targets.map(showTarget), total: told.total }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/tiers',
      tags,
      summary: 'How many have each tier, and whose tier ends soon (staff)',
      request: { query: which },
      responses: { 200: json(tierSizesShape, 'The tiers'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { now } = c.get('app');
      const told = await within(c, by, c.req.valid('query').programme, (tx, programme) =>
        tellTierSizes(tx, programme, c.get('language'), now()),
      );
      return c.json(told, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/discounts',
      tags,
      summary: 'One’s own discounts of today: the percentage, the volume that counted, the next step',
      request: { query: which },
      responses: { 200: json(items(discountShape), 'The discounts'), ...refusals },
    }),
    async (c) => {
      const by = await participantSignedIn(c);
      const { now } = c.get('app');
      const told = await across(c, by, c.req.valid('query').programme, async (tx, programme) =>
        discountsOfToday(tx, programme, (await participantById(tx, by.id))!, c.get('language'), now()),
      );
      return c.json({ items: told.map(showDiscount) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}/discounts',
      tags,
      summary: 'A participant’s discounts of today (staff)',
      request: { ...idParam, query: which },
      responses: { 200: json(items(discountShape), 'The discounts'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const { now } = c.get('app');
      const told = await across(c, by, c.req.valid('query').programme, async (tx, programme) => {
        const found = await person(tx, id);
        return found ? discountsOfToday(tx, programme, found, c.get('language'), now()) : refuse('not-found');
      });
      return c.json({ items: told.map(showDiscount) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}/segments',
      tags,
      summary: 'The segments that a participant belongs to (staff)',
      request: { ...idParam, query: which },
      responses: { 200: json(items(belongsShape), 'The segments'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const told = await across(c, by, c.req.valid('query').programme, async (tx, programme) => {
        const found = await person(tx, id);
        if (!found) return refuse('not-found');
        const { segments } = await followedBy(tx, programme.id);
        const own = await segmentsOf(tx, programme.id, found.id);
        return own.map(({ segment, since }) => {
          const title = segments.findLast(({ document }) => document.code === segment)?.document.title;
          const name = title?.[c.get('language')] ?? title?.['en'] ?? segment;
          return { segment, title: name, since: since.toISOString() };
        });
      });
      return c.json({ items: told }, 200);
    },
  );
