import { z } from '@hono/zod-openapi';

import type { DiscountProgress } from '../flow/tell-discounts.ts';
import type { GoalStanding, Owner, StandingOf } from '../flow/tell-standings.ts';
import type { SetTarget } from '../progress/targets.ts';

// How goals, tiers and discounts stand, as it goes over the wire.

const owner = z.object({ id: z.uuid(), code: z.string(), name: z.string() });

export const standingShape = z
  .object({
    programme: z.string(),
    rule: z.object({ id: z.uuid(), code: z.string(), version: z.int(), title: z.string() }),
    for: z.enum(['participant', 'outlet', 'partner']),
    counts: z.string().openapi({ description: 'As in Goal' }),
    currency: z.string().nullable(),
    target: z.unknown().openapi({ description: 'As in the rule' }),
    hasOwnTargets: z.boolean().openapi({ description: 'Each may have a target of their own' }),
    inARow: z.int().nullable(),
    startsOn: z.iso.date(),
    endsOn: z.iso.date(),
    reached: z.int(),
    near: z.int().openapi({ description: 'From 75 % of the target on' }),
    behind: z.int(),
    isWhole: z.boolean().openapi({ description: 'False where there are more people than were looked at' }),
  })
  .openapi('GoalStanding');

export const standingOfShape = z
  .object({
    owner,
    done: z.int(),
    target: z.int().nullable(),
    percent: z.int().nullable(),
    run: z.int().openapi({ description: 'So many periods in a row' }),
    toGo: z.string().nullable(),
  })
  .openapi('StandingOf');

export function showStanding(goal: GoalStanding): z.infer<typeof standingShape> {
  return goal;
}

export function showStandingOf({ done, target, ...one }: StandingOf): z.infer<typeof standingOfShape> {
  return { ...one, done: Number(done), target: target === null ? null : Number(target) };
}

export const targetShape = z
  .object({
    owner,
    startsOn: z.iso.date(),
    version: z.int(),
    value: z.int(),
    reason: z.string(),
    setAt: z.iso.datetime(),
    setBy: z.string(),
  })
  .openapi('Target');

export function showTarget({
  owner: whose,
  startsOn,
  version,
  value,
  reason,
  setAt,
  setBy,
}: SetTarget & { owner: Owner }): z.infer<typeof targetShape> {
  const { id, code, name } = whose;
  return {
    owner: { id, code, name },
    startsOn,
    version,
    value: Number(value),
    reason,
    setAt: setAt.toISOString(),
    setBy,
  };
}

export const tierSizesShape = z
  .object({
    document: z.object({ code: z.string(), version: z.int(), noticeDays: z.int() }).nullable(),
    tiers: z.array(z.object({ tier: z.string(), title: z.string(), from: z.int(), members: z.int() })),
    ending: z
      .array(
        z.object({
          participant: owner,
          tier: z.string(),
          title: z.string(),
          safeUntil: z.iso.date(),
          says: z.string(),
        }),
      )
      .openapi({ description: 'Whose tier ends within the days of notice, the first ones first' }),
  })
  .openapi('TierSizes');

export const discountShape = z
  .object({
    code: z.string(),
    title: z.string(),
    mode: z.enum(['discount', 'bonus']),
    for: z.enum(['participant', 'outlet', 'partner']),
    owner: z.string(),
    currency: z.string().nullable(),
    table: z.array(z.object({ from: z.int(), percent: z.int() })),
    percent: z.int(),
    volume: z.int(),
    window: z.object({ first: z.iso.date(), last: z.iso.date() }),
    next: z.object({ from: z.int(), percent: z.int(), missing: z.int() }).nullable(),
    why: z.string(),
  })
  .openapi('Discount');

export function showDiscount({ volume, next, ...one }: DiscountProgress): z.infer<typeof discountShape> {
  return { ...one, volume: Number(volume), next: next && { ...next, missing: Number(next.missing) } };
}

export const belongsShape = z
  .object({ segment: z.string(), title: z.string(), since: z.iso.datetime() })
  .openapi('SegmentOf');

export const validationShape = z.object({
  problems: z.array(z.object({ at: z.string(), sentence: z.string() })),
  tiers: z
    .object({
      people: z.int().openapi({ description: 'So many were looked at' }),
      isWhole: z.boolean().openapi({ description: 'False where there are more' }),
      rise: z.int().openapi({ description: 'Who has a higher tier at once' }),
      short: z
        .int()
        .openapi({ description: 'Who has less than their tier asks for, and keeps it until it ends' }),
      shortToday: z.int().openapi({ description: 'The same by the tiers of today' }),
    })
    .nullable(),
});
