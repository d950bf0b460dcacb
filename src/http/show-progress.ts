import { z } from '@hono/zod-openapi';

import type { Quote } from '../flow/quote-discount.ts';
import type { GoalProgress } from '../flow/tell-progress.ts';
import type { OverrideTold } from '../flow/tell-overrides.ts';
import type { TierProgress } from '../flow/tell-tier-history.ts';
import type { StoredDocument } from '../progress/documents.ts';

// Goals, tiers, discounts and segments as they go over the wire.

const awards = z.array(z.object({ asset: z.string(), units: z.int() }));

export const goalShape = z
  .object({
    rule: z.object({ id: z.uuid(), code: z.string(), version: z.int(), title: z.string() }),
    for: z.enum(['participant', 'outlet', 'partner']),
    owner: z.string(),
    counts: z.string().openapi({
      description:
        'quantity (thousandths of a piece), amount or total (minor unit), activities, outlets, skus, share (hundredths of a percent)',
    }),
    currency: z.string().nullable(),
    done: z.int(),
    target: z.int().nullable(),
    percent: z.int().nullable(),
    steps: z.array(z.object({ percent: z.int(), awards, isReached: z.boolean() })),
    inARow: z.object({ done: z.int(), wanted: z.int(), says: z.string() }).nullable(),
    says: z.string().openapi({ description: 'What is missing, in the reader’s language' }),
    toGo: z.string().nullable().openapi({
      description: 'What is missing to the next step, until when, and what it brings; null: nothing is',
    }),
    startsOn: z.iso.date(),
    endsOn: z.iso.date(),
  })
  .openapi('Goal');

export function showGoal({ done, target, ...goal }: GoalProgress): z.infer<typeof goalShape> {
  return { ...goal, done: Number(done), target: target === null ? null : Number(target) };
}

export const quoteShape = z
  .object({
    discount: z.string(),
    mode: z.enum(['discount', 'bonus']),
    percent: z.int(),
    tablePercent: z.int(),
    isOverridden: z.boolean(),
    discountMinor: z.int(),
    bonus: z.object({ asset: z.string(), units: z.int() }).nullable(),
    volume: z.int(),
    window: z.object({ first: z.iso.date(), last: z.iso.date() }),
    reached: z.object({ from: z.int(), percent: z.int() }),
    next: z.object({ from: z.int(), percent: z.int(), missing: z.int() }).nullable(),
    why: z.string(),
  })
  .openapi('Quote');

export function showQuote(quote: Quote, why: string): z.infer<typeof quoteShape> {
  const { discount, mode, percent, tablePercent, isOverridden, window, reached, next, bonus } = quote;
  return {
    discount,
    mode,
    percent,
    tablePercent,
    isOverridden,
    discountMinor: Number(quote.discountMinor),
    bonus: bonus && { asset: bonus.asset, units: Number(bonus.units) },
    volume: Number(quote.volume),
    window,
    reached,
    next: next && { ...next, missing: Number(next.missing) },
    why,
  };
}

export const overrideShape = z
  .object({
    id: z.uuid(),
    discount: z.string(),
    subject: z.uuid(),
    owner: z.string().openapi({ description: 'Whose it is, by name' }),
    day: z.iso.date(),
    percent: z.int(),
    tablePercent: z.int(),
    amountMinor: z.int(),
    reason: z.string(),
    staff: z.uuid(),
    by: z.string().openapi({ description: 'Who gave it, by name' }),
    at: z.iso.datetime(),
  })
  .openapi('DiscountOverride');

export function showOverride({ amountMinor, at, ...override }: OverrideTold): z.infer<typeof overrideShape> {
  return { ...override, amountMinor: Number(amountMinor), at: at.toISOString() };
}

export const tiersShape = z
  .object({
    asOf: z.object({ day: z.iso.date(), tier: z.string(), title: z.string() }),
    keep: z
      .object({ safeUntil: z.iso.date(), missing: z.int() })
      .nullable()
      .openapi({ description: 'Until when the newest tier is safe, and what is missing to keep it then' }),
    ladder: z
      .array(z.object({ tier: z.string(), title: z.string(), from: z.int() }))
      .openapi({ description: 'The tiers of the programme from the lowest on' }),
    value: z.int().nullable().openapi({ description: 'What is counted up to today' }),
    next: z.object({ tier: z.string(), title: z.string(), missing: z.int() }).nullable(),
    isEnding: z.boolean().openapi({ description: 'The tier ends within the days of notice' }),
    says: z
      .array(z.string())
      .openapi({ description: 'What the next tier takes and until when this one is safe, in words' }),
    given: z
      .array(
        z.object({
          tier: z.string(),
          title: z.string(),
          from: z.iso.date(),
          until: z.iso.date(),
          reason: z.string(),
          by: z.string(),
          at: z.iso.datetime(),
        }),
      )
      .openapi({ description: 'Tiers given by hand, the last one first; staff see them' }),
    history: z.array(
      z.object({
        from: z.iso.date(),
        tier: z.string(),
        title: z.string(),
        reason: z.enum([
          'enrolled',
          'reached',
          'kept',
          'one-step',
          'recomputed',
          'override',
          'override-ended',
        ]),
        value: z.int().nullable(),
        safeUntil: z.iso.date().nullable(),
      }),
    ),
  })
  .openapi('Tiers');

/** `reader` is who asks: who gave a tier by hand and why is for the brand's own people. */
export function showTiers(
  { asOf, keep, history, ladder, value, next, isEnding, says, given, titles }: TierProgress,
  reader: 'participant' | 'staff',
): z.infer<typeof tiersShape> {
  const titleOf = (tier: string) => titles[tier] ?? tier;
  return {
    asOf: { ...asOf, title: titleOf(asOf.tier) },
    keep: keep && { safeUntil: keep.safeUntil, missing: Number(keep.missing) },
    ladder: ladder.map((step) => ({ ...step, title: titleOf(step.tier) })),
    value: value === null ? null : Number(value),
    next: next && { tier: next.tier, title: titleOf(next.tier), missing: Number(next.missing) },
    isEnding,
    says,
    given:
      reader === 'staff'
        ? given.map((one) => ({ ...one, title: titleOf(one.tier), at: one.at.toISOString() }))
        : [],
    history: history.map(({ value, ...span }) => ({
      ...span,
      title: titleOf(span.tier),
      value: value === null ? null : Number(value),
    })),
  };
}

export const segmentShape = z
  .object({ code: z.string(), version: z.int(), title: z.string(), condition: z.string(), members: z.int() })
  .openapi('Segment');
export const memberShape = z
  .object({ participant: z.uuid(), code: z.string(), name: z.string(), since: z.iso.datetime() })
  .openapi('SegmentMember');

export const documentShape = z
  .object({
    kind: z.enum(['tiers', 'discount', 'segment', 'list']),
    code: z.string(),
    version: z.int(),
    from: z.iso
      .date()
      .nullable()
      .openapi({ description: 'The first day that it judges; null: from the beginning' }),
    until: z.iso.date().nullable().openapi({ description: 'The first day that the next version judges' }),
    document: z.record(z.string(), z.unknown()),
  })
  .openapi('ProgressDocument');

export function showDocument({
  document,
  version,
  from,
  until,
}: StoredDocument): z.infer<typeof documentShape> {
  return { kind: document.kind, code: document.code, version, from, until, document };
}
