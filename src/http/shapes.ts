import { z } from '@hono/zod-openapi';
import { isDay } from '../shared/time.ts';

/**
 * What goes over the wire. One schema gives validation, types and the OpenAPI document. Times are ISO 8601 in UTC,
 * amounts integers of the smallest part (sen, milli-units), ids UUIDs.
 */

const id = () => z.uuid().openapi({ format: 'uuid' });
/** An id in what is asked. PostgreSQL finds a row in either case, but ids made from this one hash its text. */
export const idAsked = () => z.uuid().toLowerCase();
/** A day in a request. */
export const dayAsked = () =>
  z.iso
    .date()
    .refine(isDay, 'must be a day from 1900-01-01 to 2999-12-31')
    .openapi({ example: '2018-03-21' });
export const time = () => z.iso.datetime().openapi({ example: '2018-03-21T10:05:00.000Z' });
const minor = () =>
  z.int().openapi({ description: 'Integer of the smallest part of the currency', example: 1250 });
export const units = () =>
  z.int().openapi({ description: 'Integer of the smallest part of the asset', example: 120 });
const facts = z.record(z.string(), z.unknown());

export const problemShape = z
  .object({
    type: z.string().openapi({ example: '/docs/problems#picture-format' }),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: 'Stable code of the refusal' }),
    detail: z.string().openapi({ description: 'One sentence in the reader’s language' }),
    facts: facts.optional(),
    instance: z.string().optional(),
  })
  .openapi('Problem');

export const reasonShape = z
  .object({ code: z.string(), ok: z.boolean(), facts, text: z.string() })
  .openapi('Reason');

const named = z.object({ id: id(), name: z.string() });
const outletName = z.object({ id: id(), code: z.string(), name: z.string() });

export const evidenceStates = [
  'waiting',
  'reading',
  'verified',
  'rejected',
  'needs-review',
  'parked',
] as const;

export const evidenceRowShape = z
  .object({
    id: id(),
    state: z.enum(evidenceStates),
    receivedAt: time(),
    capturedAt: time().nullable(),
    participant: named,
    outlet: outletName.extend({ area: z.string() }).nullable(),
    merchant: z.string().nullable(),
    occurredOn: z.iso.date().nullable(),
    totalMinor: minor().nullable(),
    currency: z.string().nullable(),
    points: units().openapi({ description: 'Points this evidence has put into the sender’s account' }),
    reasons: z.array(reasonShape).openapi({ description: 'Only the checks that failed' }),
    secondsToPoints: z.number().nullable(),
  })
  .openapi('EvidenceRow');

const quad = z
  .array(z.number())
  .length(8)
  .openapi({ description: 'Four corners, clockwise from the top left, in pixels' });
const fieldOf = <T extends z.ZodType>(value: T) =>
  z.object({ value, confidence: z.number(), text: z.string(), quad: quad.nullable() }).nullable();

export const readingShape = z
  .object({
    engine: z.string(),
    turn: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
    width: z.int(),
    height: z.int(),
    lines: z.array(z.object({ text: z.string(), quad, confidence: z.number() })),
    merchant: fieldOf(z.string()),
    address: fieldOf(z.string()),
    date: fieldOf(z.string()),
    time: fieldOf(z.string()),
    number: fieldOf(z.string()),
    currency: fieldOf(z.string()),
    subtotalMinor: fieldOf(z.int()),
    taxMinor: fieldOf(z.int()),
    totalMinor: fieldOf(z.int()),
    items: z.array(
      z.object({
        text: z.string(),
        quantity: z.number().nullable(),
        unitPriceMinor: z.int().nullable(),
        amountMinor: z.int().nullable(),
        confidence: z.number(),
        quad: quad.nullable(),
      }),
    ),
    arithmetic: z.array(
      z.object({
        code: z.string(),
        expectedMinor: z.int().nullable(),
        foundMinor: z.int().nullable(),
        ok: z.boolean().nullable(),
      }),
    ),
    confidence: z.number(),
  })
  .openapi('Reading');

const assetShape = z.object({ code: z.string(), kind: z.string(), scale: z.int() });
const accountEnd = z.object({ id: id(), role: z.string(), owner: z.string() });

export const transferShape = z
  .object({
    id: id(),
    tx: id(),
    at: time(),
    effectiveAt: time(),
    kind: z.string(),
    asset: assetShape,
    units: units(),
    debit: accountEnd,
    credit: accountEnd,
    cause: id().nullable(),
    expiresOn: z.iso.date().nullable(),
  })
  .openapi('Transfer');

export const activityShape = z
  .object({
    id: id(),
    version: z.int(),
    kind: z.string(),
    evidence: id().nullable(),
    participant: named,
    outlet: outletName,
    occurredAt: time(),
    recordedAt: time(),
    currency: z.string(),
    totalMinor: minor(),
    withdrawn: z.boolean(),
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .openapi({ description: 'What was told of this kind of activity besides' }),
    lines: z.array(
      z.object({
        line: z.int(),
        text: z.string(),
        product: z.object({ id: id(), sku: z.string(), name: z.string() }).nullable(),
        quantityMilli: z.int(),
        amountMinor: minor(),
      }),
    ),
  })
  .openapi('Activity');

export const ruleTraceShape = z
  .object({
    rule: z.object({ id: id(), code: z.string(), version: z.int(), title: z.string() }),
    fired: z.boolean(),
    reason: reasonShape,
    steps: z.array(z.string()).openapi({ description: 'The arithmetic, in the reader’s language' }),
    to: z
      .string()
      .nullable()
      .openapi({ description: 'Who is paid instead of the participant: what is awarded is theirs' }),
    awards: z.array(z.object({ asset: z.string(), units: units() })),
    grants: z
      .array(z.object({ kind: z.enum(['certificate', 'draw', 'message']), name: z.string(), count: z.int() }))
      .openapi({ description: 'What is granted beside units of an asset' }),
  })
  .openapi('RuleTrace');

export const messageShape = z
  .object({
    id: id(),
    channel: z.string(),
    language: z.string(),
    body: z.string().nullable(),
    createdAt: time(),
    sentAt: time().nullable(),
    readAt: time().nullable(),
  })
  .openapi('Message');

export const evidenceDetailShape = evidenceRowShape
  .extend({
    sha256: z.string(),
    mediaType: z.string(),
    byteSize: z.int(),
    width: z.int(),
    height: z.int(),
    imageUrl: z.string(),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    accuracyM: z.number().nullable(),
    device: z.string().nullable(),
    source: z.string(),
    problem: z.string().nullable(),
    reading: readingShape.nullable(),
    outletMatch: z.object({ outlet: outletName, score: z.number(), how: z.string() }).nullable(),
    matches: z.array(
      z.object({
        item: z.int(),
        product: z.object({ id: id(), sku: z.string(), name: z.string(), isFocus: z.boolean() }).nullable(),
        score: z.number(),
      }),
    ),
    verification: z
      .object({
        id: id(),
        verdict: z.enum(['verified', 'rejected', 'needs-review']),
        reasons: z.array(reasonShape),
        decidedBy: named.nullable(),
        note: z.string().nullable(),
        decidedAt: time(),
      })
      .nullable(),
    duplicateOf: z.object({ id: id(), receivedAt: time(), participant: named.nullable() }).nullable(),
    activity: activityShape.nullable(),
    evaluation: z.array(ruleTraceShape),
    transfers: z.array(transferShape),
    stock: z.array(
      z.object({
        sku: z.string(),
        name: z.string(),
        outlet: z.string(),
        beforeMilli: z.int(),
        afterMilli: z.int(),
      }),
    ),
    messages: z.array(messageShape),
    timings: z.object({ receivedAt: time(), readAt: time().nullable(), postedAt: time().nullable() }),
  })
  .openapi('Evidence');

export const walletShape = z
  .object({
    balances: z.array(
      z.object({ asset: assetShape, available: units(), held: units(), pending: units(), debt: units() }),
    ),
    expiry: z.array(z.object({ expiresOn: z.iso.date(), units: units() })),
  })
  .openapi('Wallet');

export const statementShape = z
  .object({
    items: z.array(
      z.object({
        transfer: id(),
        at: time(),
        effectiveAt: time(),
        kind: z.string(),
        role: z.string(),
        asset: z.string(),
        units: units().openapi({ description: 'Signed: what the movement did to the balance' }),
        balanceAfter: units(),
        title: z.string(),
        evidence: id().nullable(),
      }),
    ),
    next: z.string().nullable(),
  })
  .openapi('Statement');

const partOfUnits = z.object({
  transfer: id(),
  units: units(),
  returned: units().openapi({ description: 'Came back of it' }),
  text: z.string(),
});
const lotOfUnits = z.object({ expiresOn: z.iso.date().nullable(), units: units(), text: z.string() });

export const explanationShape = z
  .object({
    transfer: transferShape,
    rule: z.object({ code: z.string(), version: z.int(), title: z.string() }).nullable(),
    reasons: z.array(z.string()),
    steps: z.array(z.string()),
    activity: activityShape.nullable(),
    evidence: evidenceRowShape.nullable(),
    units: z.object({
      lots: z
        .array(lotOfUnits.extend({ returned: units(), earnings: z.array(partOfUnits) }))
        .openapi({ description: 'Of a spend: the lots it consumed, and the earnings that paid for it' }),
      uses: z.array(partOfUnits).openapi({ description: 'Of an earning: what used it' }),
      left: z.array(lotOfUnits).openapi({ description: 'Of an earning: what is left of it' }),
    }),
  })
  .openapi('Explanation');

export const meShape = z
  .object({
    kind: z.enum(['participant', 'staff']),
    id: id(),
    name: z.string(),
    language: z.string(),
    role: z.string().optional(),
    tier: z.string().optional(),
    outlets: z.array(outletName),
    programme: z.object({ id: id(), name: z.string(), currency: z.string() }),
    programmes: z
      .array(z.object({ code: z.string(), name: z.string() }))
      .optional()
      .openapi({ description: 'All there are, for staff' }),
    tenant: z.object({ name: z.string() }),
  })
  .openapi('Me');

export const reviewShape = z
  .strictObject({
    decision: z.enum(['approve', 'reject']),
    reason: z.string().trim().min(1).max(500),
    seen: idAsked()
      .optional()
      .openapi({ description: 'Id of the verdict that was looked at; refused when another has come since' }),
    corrections: z
      .strictObject({
        outlet: idAsked().optional(),
        date: z.iso.date().optional(),
        time: z
          .string()
          .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/)
          .optional(),
        number: z.string().trim().min(1).max(60).optional(),
        totalMinor: z.int().positive().max(1_000_000_000_000).optional(),
        lines: z
          .array(
            z.strictObject({
              item: z.int().min(0).max(500),
              product: idAsked().nullable(),
              quantityMilli: z.int().positive().max(1_000_000_000),
              amountMinor: z.int().min(0).max(1_000_000_000_000),
            }),
          )
          .max(500)
          .optional(),
      })
      .optional(),
  })
  .openapi('Review');
