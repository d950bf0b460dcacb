import { createRoute, z } from '@hono/zod-openapi';

import { withTenant } from '../../db/transact.ts';
import { tellNames } from '../../flow/tell-names.ts';
import { programmeAsked } from '../../flow/tell-rules.ts';
import { json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { whichProgramme } from './rule-versions.ts';

const name = { code: z.string(), name: z.string() };
const namesShape = z
  .object({
    startsOn: z.iso.date(),
    endsOn: z.iso.date(),
    assets: z.array(z.object({ code: z.string(), kind: z.string(), scale: z.int() })),
    tiers: z.array(z.object(name)).openapi({ description: 'From the lowest on' }),
    segments: z.array(z.object(name)),
    lists: z.array(z.object(name)).openapi({ description: 'Lists of products' }),
    areas: z.array(z.object({ ...name, parent: z.string().nullable() })),
    channels: z.array(z.string()),
    categories: z.array(z.string()),
    kinds: z
      .array(
        z.object({
          code: z.string(),
          name: z.string().nullable(),
          attributes: z.record(z.string(), z.enum(['string', 'int', 'double', 'bool'])),
        }),
      )
      .openapi({
        description: 'The usual kinds of activity, those declared, and those that live rules pay for',
      }),
    groups: z.array(
      z.object({ code: z.string(), mode: z.string(), multiplies: z.boolean(), titles: z.array(z.string()) }),
    ),
  })
  .openapi('RuleNames');

export const ruleNameRoutes = newRouter().openapi(
  createRoute({
    method: 'get',
    path: '/programme/names',
    tags: ['rules'],
    summary: 'What rules of a programme can speak of, for whoever writes one (staff)',
    request: { query: z.strictObject({ programme: whichProgramme, lang: z.string().max(20).optional() }) },
    responses: { 200: json(namesShape, 'Codes, and how they are called'), ...refusals },
  }),
  async (c) => {
    const by = await staffSignedIn(c);
    const { programme } = c.req.valid('query');
    const language = c.get('language');
    const told = await withTenant(c.get('app').db, by.tenant, async (tx) => {
      const asked = await programmeAsked(tx, programme);
      return asked.ok ? { ok: true as const, names: await tellNames(tx, asked.programme, language) } : asked;
    });
    return told.ok ? c.json(told.names, 200) : endWith(c, told);
  },
);
