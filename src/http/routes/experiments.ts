import { createRoute, z } from '@hono/zod-openapi';

import { withTenant } from '../../db/transact.ts';
import { listExperiments, tellExperiment } from '../../flow/tell-experiments.ts';
import { refuse } from '../../shared/refusal.ts';
import { json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import {
  experimentShape,
  listedExperimentShape,
  showExperiment,
  showListedExperiment,
} from '../show-experiments.ts';

const tags = ['experiments'];

export const experimentRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/experiments',
      tags,
      summary: 'Rules that are tried out on a part of their audience (staff)',
      responses: { 200: json(z.object({ items: z.array(listedExperimentShape) }), 'By name'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const found = await withTenant(c.get('app').db, by.tenant, listExperiments);
      return c.json({ items: found.map(({ running }) => showListedExperiment(running)) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/experiments/{name}',
      tags,
      summary: 'What an experiment has brought so far: the uplift with its interval (staff)',
      description:
        'Compares the mean of everybody who gets the rules with the mean of everybody held out, from the start until now, adjusted by what the same people did before (CUPED). The interval covers the truth in 95 of 100 experiments that are looked at once; the verdict is stricter, so that looking often does not make winners.',
      request: { params: z.object({ name: z.string().max(60) }) },
      responses: { 200: json(experimentShape, 'The experiment'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { db, now } = c.get('app');
      const { name } = c.req.valid('param');
      const told = await withTenant(db, by.tenant, (tx) => tellExperiment(tx, name, now()));
      return told ? c.json(showExperiment(told), 200) : endWith(c, refuse('not-found'));
    },
  );
