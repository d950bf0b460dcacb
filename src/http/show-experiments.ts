import { z } from '@hono/zod-openapi';

import type { ToldExperiment } from '../flow/tell-experiments.ts';
import type { RunningExperiment } from '../programme/experiments.ts';
import type { Groups } from '../programme/measure-experiment.ts';
import type { Look } from '../programme/looks.ts';
import { time } from './shapes.ts';

const measure = z.object({
  of: z.enum(['activities', 'quantity', 'skus', 'outlets', 'total', 'amount', 'earned']),
  currency: z.string().optional(),
  asset: z.string().optional(),
  kinds: z.array(z.string()).optional(),
  products: z
    .object({
      skus: z.array(z.string()).optional(),
      categories: z.array(z.string()).optional(),
      focus: z.boolean().optional(),
    })
    .optional(),
});
const verdict = z.enum(['too-small', 'undecided', 'better', 'worse']);
const group = z.object({ count: z.int(), mean: z.number() });
const groups = z.object({ treated: group.nullable(), heldOut: group.nullable() });
const uplift = z
  .object({
    difference: z.number().openapi({ description: 'For each member, in the units of the measure' }),
    interval: z.array(z.number()).openapi({ description: 'From and to, at 95 %' }),
    relative: z.number().nullable().openapi({ description: 'As a share of the mean of those held out' }),
    varianceLeft: z
      .number()
      .openapi({ description: 'What is left of the variance after what was before; 1: all' }),
  })
  .openapi('Uplift');

export const listedExperimentShape = z
  .object({
    name: z.string(),
    of: z.enum(['participant', 'outlet']),
    treatmentPercent: z.int(),
    measure,
    rules: z.array(z.object({ id: z.uuid(), code: z.string(), version: z.int() })),
    from: time().nullable(),
    until: time().nullable().openapi({ description: 'Null: it is running' }),
  })
  .openapi('ListedExperiment');

export const experimentShape = listedExperimentShape
  .extend({
    groups,
    uplift: uplift.nullable(),
    verdict,
    groupSizeMin: z.int().openapi({ description: 'Below this in either group nobody is called a winner' }),
    looks: z.array(z.object({ look: z.int(), at: time(), verdict, groups, uplift: uplift.nullable() })),
  })
  .openapi('Experiment');

export function showListedExperiment({ experiment, rules, from, until }: RunningExperiment) {
  const { name, of, treatmentPercent, measure } = experiment;
  return {
    name,
    of,
    treatmentPercent,
    measure,
    rules: rules.map(({ id, code, version }) => ({ id, code, version })),
    from: from?.toISOString() ?? null,
    until: until?.toISOString() ?? null,
  };
}

export function showExperiment({ running, groups, uplift, verdict, groupSizeMin, looks }: ToldExperiment) {
  return {
    ...showListedExperiment(running),
    groups: showGroups(groups),
    uplift,
    verdict,
    groupSizeMin,
    looks: looks.map(showLook),
  };
}

function showLook({ look, at, verdict, uplift, groups }: Look) {
  return { look, at: at.toISOString(), verdict, uplift, groups: showGroups(groups) };
}

function showGroups({ treated, heldOut }: Groups) {
  return {
    treated: treated && { count: treated.count, mean: treated.mean },
    heldOut: heldOut && { count: heldOut.count, mean: heldOut.mean },
  };
}
