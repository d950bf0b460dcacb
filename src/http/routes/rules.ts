import { createRoute, z } from '@hono/zod-openapi';
import type { Language } from '../../../web/texts/say.ts';
import { withTenant, type Tx } from '../../db/transact.ts';
import { explainRules } from '../../flow/explain-award.ts';
import { explainActivity, explainShare } from '../../flow/explain-evaluation.ts';
import { tryActivity, type ImaginedActivity } from '../../flow/try-activity.ts';
import type { Integrator, SignedIn } from '../../flow/sign-in.ts';
import { activityFor } from '../../flow/within-key.ts';
import { awardsOf } from '../../rules/evaluation.ts';
import { isId, type ActivityId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { signedInOrKey, staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { attributeValues } from './activities.ts';
import { ruleTraceShape, time, units } from '../shapes.ts';
import { showTrace } from '../show-evidence.ts';

const line = z.strictObject({
  text: z.string().max(500).optional(),
  /** Absent: not one of the principal's goods. */
  sku: z.string().max(120).optional(),
  quantityMilli: z.int(),
  amountMinor: z.int(),
});
const imagined = z.strictObject({
  programme: z
    .string()
    .max(60)
    .optional()
    .openapi({ description: 'Code; may be left out where there is one programme' }),
  today: z.iso
    .datetime({ offset: true })
    .optional()
    .openapi({ description: 'As if this were now; absent: now' }),
  rules: z.array(z.record(z.string(), z.unknown())).max(20).optional().openapi({
    description: 'Documents to try as if they were live, each in the place of the rule with its code',
  }),
  kind: z.string().max(40),
  participant: z.string().max(120),
  outlet: z.string().max(120),
  occurredAt: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Absent: `today`' }),
  currency: z.string().max(3).optional(),
  totalMinor: z.int().optional().openapi({ description: 'Absent: 0' }),
  pointsMinor: z.int().optional(),
  attributes: attributeValues.optional(),
  lines: z.array(line).max(500).optional(),
});

const triedShape = z
  .object({
    occurredAt: time(),
    awards: z.array(
      z.object({
        rule: z.string(),
        leg: z.string(),
        asset: z.string(),
        units: units(),
        expiresOn: z.string().nullable(),
        to: z.uuid().nullable().openapi({ description: 'Who is paid instead of the participant' }),
      }),
    ),
    rules: z
      .array(ruleTraceShape)
      .openapi({ description: 'Every rule for this kind of activity at that time' }),
  })
  .openapi('TriedActivity');

const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };

export const ruleRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/activities/{id}/explanation',
      tags: ['activities'],
      summary:
        'Why an activity earned what it did, and why or why not by each rule: one’s own, or any for staff and API keys',
      request: idParam,
      responses: {
        200: json(
          z.object({ activity: z.uuid(), version: z.int(), rules: z.array(ruleTraceShape) }),
          'The newest version of the activity by each rule there was; none where it was withdrawn',
        ),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await signedInOrKey(c, 'read');
      const { id } = c.req.valid('param');
      const language = c.get('language');
      const shown = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const activity = await activityFor(tx, by, id);
        if (!activity) return shareOf(tx, by, id, language);
        const rules = (await explainActivity(tx, activity, language)).map(showTrace);
        return { activity: activity.id, version: activity.version, rules };
      });
      return shown ? c.json(shown, 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/rules/evaluate',
      tags: ['rules'],
      summary: 'What an activity would earn, and why or why not by each rule; nothing is recorded (staff)',
      request: body(imagined),
      responses: { 200: json(triedShape, 'What it would earn'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { db, now } = c.get('app');
      const { programme = '', today, rules: documents, ...rest } = c.req.valid('json');
      const tried = await withTenant(db, by.tenant, (tx) =>
        tryActivity(tx, programme, read(rest), today === undefined ? now() : new Date(today), documents),
      );
      if (!tried.ok) return endWith(c, tried);
      const { activity, evaluation, rules, people } = tried;
      const awards = awardsOf(evaluation).map((award) => ({
        rule: award.code,
        leg: award.leg,
        asset: award.asset,
        units: Number(award.units),
        expiresOn: award.expiresOn ?? null,
        to: award.to ?? null,
      }));
      const explained = explainRules(evaluation, rules, c.get('language'), people);
      return c.json(
        { occurredAt: activity.occurredAt.toISOString(), awards, rules: explained.map(showTrace) },
        200,
      );
    },
  );

// Whoever is paid for what somebody else did sees what it brought them, and nothing more.
async function shareOf(tx: Tx, by: SignedIn | Integrator, id: string, language: Language) {
  if (by.kind !== 'participant' || !isId<ActivityId>(id)) return null;
  const share = await explainShare(tx, id, by.id, language);
  if (!share) return null;
  const { activity, rules } = share;
  return { activity: activity.id, version: activity.version, rules: rules.map(showTrace) };
}

function read(given: Omit<z.infer<typeof imagined>, 'programme' | 'today' | 'rules'>): ImaginedActivity {
  const { kind, participant, outlet, occurredAt, currency, totalMinor = 0, pointsMinor } = given;
  const { attributes, lines = [] } = given;
  return {
    kind,
    participant,
    outlet,
    totalMinor: BigInt(totalMinor),
    ...(occurredAt === undefined ? {} : { occurredAt: new Date(occurredAt) }),
    ...(currency === undefined ? {} : { currency }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(pointsMinor === undefined ? {} : { pointsMinor: BigInt(pointsMinor) }),
    lines: lines.map(({ text = '', sku = null, quantityMilli, amountMinor }, number) => ({
      line: number,
      text,
      sku,
      quantityMilli: BigInt(quantityMilli),
      amountMinor: BigInt(amountMinor),
    })),
  };
}
