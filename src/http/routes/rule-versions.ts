import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import { withTenant, type Tx } from '../../db/transact.ts';
import {
  declineRule,
  draftRules,
  launchRule,
  retireRule,
  type Actor,
  type Decided,
  type Undecided,
} from '../../flow/launch-rules.ts';
import type { SignedIn } from '../../flow/sign-in.ts';
import { checkRule, programmeAsked, tellRule, tellRules, type ToldRule } from '../../flow/tell-rules.ts';
import { programmeById, type Programme } from '../../network/programmes.ts';
import { staffById } from '../../network/staff.ts';
import { compareFields } from '../../programme/compare.ts';
import { listDecisions, type DecisionId } from '../../programme/decisions.ts';
import { versionsOf } from '../../rules/read-rules.ts';
import { isId, type RuleId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter, type Env } from '../app.ts';
import { onceIfAsked } from '../idempotency.ts';
import { staffSignedIn } from '../identify.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { endWith } from '../problem.ts';
import { idAsked } from '../shapes.ts';
import {
  decidedShape,
  decisionShape,
  fieldChangeShape,
  listedRuleShape,
  ruleProblemShape,
  ruleShape,
  showDecision,
  showListedRule,
  showProblem,
  showRule,
} from '../show-rules.ts';

const tags = ['rules'];
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
/** A programme by its code, in a query or a body. */
export const whichProgramme = z
  .string()
  .max(60)
  .regex(/^[^\0]*$/)
  .optional()
  .openapi({ description: 'Code of the programme; may be left out where there is one' });
export const anyDocument = z.record(z.string(), z.any());
const version = z
  .int()
  .min(1)
  .openapi({ description: 'The version that was looked at; it must be the newest' });
const versionAsked = z.coerce.number().int().min(1).optional();
export const reason = z.string().trim().min(1).max(500);
/** What becomes of one rule: each of these names the version that was looked at, and is refused when that is not the newest. */
const decisionRoute = <Path extends string, Asked extends z.ZodType>(
  path: Path,
  summary: string,
  asked: Asked,
) =>
  createRoute({
    method: 'post',
    path,
    tags,
    summary,
    request: { ...idParam, ...body(asked) },
    responses: { 200: json(decidedShape, 'What the rule is now'), ...refusals },
  });

export const ruleVersionRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/rules',
      tags,
      summary: 'The rules of a programme, or of all, each in its newest version (staff)',
      request: { query: z.strictObject({ programme: whichProgramme, lang: z.string().max(20).optional() }) },
      responses: { 200: json(z.object({ items: z.array(listedRuleShape) }), 'The rules'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { programme } = c.req.valid('query');
      const told = await withTenant(c.get('app').db, by.tenant, (tx) => tellRules(tx, programme));
      if (!told.ok) return endWith(c, told);
      const language = c.get('language');
      return c.json({ items: told.rules.map((rule) => showListedRule(rule, language)) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/rules',
      tags,
      summary: 'Save a rule document as a draft; the same again changes nothing (managers)',
      request: body(
        z
          .strictObject({
            programme: whichProgramme,
            document: anyDocument,
            basedOn: z.int().min(0).optional().openapi({ description: 'The version that was edited' }),
          })
          .openapi('RuleDraft'),
      ),
      responses: { 200: json(decidedShape, 'The draft, or the version that says so already'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { programme, document, basedOn } = c.req.valid('json');
      const saved = await onceIfAsked<Decided>(c, by, 'POST /rules', c.req.valid('json'), async (tx, at) => {
        const asked = await programmeAsked(tx, programme);
        if (!asked.ok) return asked;
        const options = basedOn === undefined ? {} : { basedOn };
        return (await draftRules(tx, asked.programme, [document], await actorOf(tx, by), at, options))[0]!;
      });
      return c.json(shown(saved), 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/rules/validation',
      tags,
      summary: 'Check a rule document without saving it: every problem with its place and a sentence (staff)',
      request: body(z.strictObject({ programme: whichProgramme, document: anyDocument })),
      responses: {
        200: json(z.object({ problems: z.array(ruleProblemShape) }), 'Without problems it can be saved'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { programme, document } = c.req.valid('json');
      const checked = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        const asked = await programmeAsked(tx, programme);
        return asked.ok
          ? { ok: true as const, problems: await checkRule(tx, asked.programme, document) }
          : asked;
      });
      if (!checked.ok) return endWith(c, checked);
      return c.json({ problems: checked.problems.map((one) => showProblem(one, c.get('language'))) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/rules/{id}',
      tags,
      summary: 'One rule with all its versions, and what its launch would rest on (staff)',
      request: idParam,
      responses: { 200: json(ruleShape, 'The rule'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const told = await withTenant(c.get('app').db, by.tenant, async (tx) =>
        isId<RuleId>(id) ? tellRule(tx, id) : null,
      );
      return told ? c.json(showRule(told), 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/rules/{id}/difference',
      tags,
      summary: 'What differs between two versions of a rule, field by field (staff)',
      description: 'Without `from`: what is live, or the version before. Without `to`: the newest.',
      request: {
        ...idParam,
        query: z.strictObject({ from: versionAsked, to: versionAsked }),
      },
      responses: {
        200: json(z.object({ items: z.array(fieldChangeShape) }), 'The differences'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const { from, to } = c.req.valid('query');
      const told = await withTenant(c.get('app').db, by.tenant, async (tx) =>
        isId<RuleId>(id) ? tellRule(tx, id) : null,
      );
      if (!told) return endWith(c, refuse('not-found'));
      const pair = versionsAsked(told, from, to);
      if (!pair) return endWith(c, refuse('not-found'));
      return c.json({ items: compareFields(pair.before?.document ?? {}, pair.after.document) }, 200);
    },
  )
  .openapi(
    decisionRoute(
      '/rules/{id}/launch',
      'Launch a draft (managers), or approve a proposal (another manager or controller)',
      z.strictObject({
        version,
        waiver: reason.optional().openapi({ description: 'Why it may go live without a replay' }),
        from: z.iso
          .datetime({ offset: true })
          .optional()
          .openapi({ description: 'Events from here on; absent: from now on' }),
      }),
    ),
    async (c) => {
      const { version, waiver, from } = c.req.valid('json');
      const when = from === undefined ? undefined : new Date(from);
      return decide(c, 'launch', { version, waiver, from }, (tx, programme, rule, by, at) =>
        launchRule(tx, programme, { rule, version, waiver, from: when }, by, at),
      );
    },
  )
  .openapi(
    decisionRoute(
      '/rules/{id}/decline',
      'Turn a proposal back into a draft (managers and controllers)',
      z.strictObject({ version, reason }),
    ),
    async (c) => {
      const { version, reason } = c.req.valid('json');
      return decide(c, 'decline', { version, reason }, (tx, programme, rule, by, at) =>
        declineRule(tx, programme, { rule, version, reason }, by, at),
      );
    },
  )
  .openapi(
    decisionRoute(
      '/rules/{id}/retirement',
      'End a rule for events from now on (managers)',
      z.strictObject({ version, reason }),
    ),
    async (c) => {
      const { version, reason } = c.req.valid('json');
      return decide(c, 'retirement', { version, reason }, (tx, programme, rule, by, at) =>
        retireRule(tx, programme, { rule, version, reason }, by, at),
      );
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/decisions',
      tags,
      summary: 'Who decided what about rules and experiments, newest first (staff)',
      request: { query: pageQuery.extend({ rule: idAsked().optional() }) },
      responses: {
        200: json(z.object({ items: z.array(decisionShape), next: z.string().nullable() }), 'A page'),
        ...refusals,
      },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const query = c.req.valid('query');
      const { limit, before } = pageOf<DecisionId>(c, query);
      const rule = isId<RuleId>(query.rule) ? query.rule : null;
      const items = await withTenant(c.get('app').db, by.tenant, (tx) =>
        listDecisions(tx, { rule, before, limit }),
      );
      const next = items.length === limit ? items.at(-1)!.id : null;
      return c.json({ items: items.map(showDecision), next }, 200);
    },
  );

function versionsAsked({ versions, live }: ToldRule, from: number | undefined, to: number | undefined) {
  const [newest, last] = versions;
  const at = (number: number) => versions.find((one) => one.version === number);
  const after = to === undefined ? newest : at(to);
  const usual = live && live !== after ? live : last;
  const before = from === undefined ? usual : at(from);
  return after && (before || from === undefined) ? { before, after } : null;
}

type Decide = (
  tx: Tx,
  programme: Programme,
  rule: RuleId,
  by: Actor,
  at: Date,
) => Promise<Decided | Undecided>;

async function decide(c: Context<Env>, what: string, given: unknown, work: Decide) {
  const by = await staffSignedIn(c);
  const id = c.req.param('id');
  if (!isId<RuleId>(id)) return endWith(c, refuse('not-found'));
  const route = `POST /rules/{id}/${what}`;
  const decided = await onceIfAsked<Decided>(c, by, route, { id, given }, async (tx, at) => {
    const [newest] = await versionsOf(tx, id);
    if (!newest) return refuse('not-found');
    return work(tx, (await programmeById(tx, newest.programme))!, id, await actorOf(tx, by), at);
  });
  return c.json(shown(decided), 200);
}

/** The staff member who asks, as the verbs know them. */
export async function actorOf(tx: Tx, by: SignedIn & { kind: 'staff' }): Promise<Actor> {
  return (await staffById(tx, by.id))!;
}

/** A decision about a rule, as it is answered. */
export function shown({ rule, code, version, state, beyond }: Decided) {
  return { rule, code, version, state, beyond };
}
