import { createRoute, z } from '@hono/zod-openapi';

import { withTenant } from '../../db/transact.ts';
import { linkPeople, tellLinks } from '../../flow/link-people.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { onceIfAsked } from '../idempotency.ts';
import { staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { dayAsked } from '../shapes.ts';
import { actorOf } from './rule-versions.ts';

const tags = ['network'];
const code = z.string().min(1).max(120);
const of = z
  .enum(['participant', 'outlet', 'partner'])
  .openapi({ description: 'What `subject` is the code of' });
const link = z
  .string()
  .regex(/^[a-z0-9][a-z0-9:._-]{0,59}$/i)
  .openapi({ description: 'What the person is to the subject, such as referrer, owner, employee' });
const given = z.strictObject({
  link,
  of,
  subject: code,
  person: code.nullable().openapi({ description: 'Code of the participant; null: nobody from then on' }),
  from: dayAsked(),
  until: dayAsked().optional().openapi({ description: 'The last day; absent: until a later link' }),
});
const told = z
  .object({
    link: z.string(),
    of,
    subject: z.object({ id: z.uuid(), name: z.string() }),
    person: z.object({ id: z.uuid(), code: z.string(), name: z.string() }),
    from: z.string(),
    until: z.string().nullable().openapi({ description: 'The first day on which it is over' }),
  })
  .openapi('Link');

export const linkRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'post',
      path: '/links',
      tags,
      summary: 'Link people to participants, outlets and partners: who referred, owns, buys (managers)',
      description:
        'A rule can pay whoever is linked instead of the participant. Events are judged by the links of their day. Nobody is linked to themselves or in a circle. All or nothing.',
      request: body(z.strictObject({ items: z.array(given).min(1).max(1000) })),
      responses: { 200: json(z.object({ set: z.int() }), 'Linked'), 403: refusals[422], ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const asked = c.req.valid('json');
      const done = await onceIfAsked(c, by, 'POST /links', asked, async (tx, at) =>
        linkPeople(tx, asked.items, await actorOf(tx, by), at),
      );
      return c.json({ set: done.set }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/links',
      tags,
      summary: 'Who is or was linked to something, or to whom or what somebody is (staff)',
      request: {
        query: z.strictObject({
          of: of.optional(),
          subject: code.optional(),
          person: code.optional(),
          lang: z.string().max(20).optional(),
        }),
      },
      responses: { 200: json(z.object({ items: z.array(told) }), 'In order of days'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { of, subject, person } = c.req.valid('query');
      const asked = person !== undefined ? { person } : of && subject !== undefined ? { of, subject } : null;
      if (!asked)
        return endWith(c, refuse('bad-request', { field: 'person', problem: 'person, or of and subject' }));
      const links = await withTenant(c.get('app').db, by.tenant, (tx) => tellLinks(tx, asked));
      const items = links.map(
        ({ link, of, subject, subjectName, person, personCode, personName, ...days }) => ({
          link,
          of,
          subject: { id: subject, name: subjectName },
          person: { id: person, code: personCode, name: personName },
          ...days,
        }),
      );
      return c.json({ items }, 200);
    },
  );
