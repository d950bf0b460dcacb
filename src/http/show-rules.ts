import { z } from '@hono/zod-openapi';

import type { Language } from '../../web/texts/say.ts';
import { sayProblem } from '../flow/say-problem.ts';
import type { ListedRule, ToldRule } from '../flow/tell-rules.ts';
import type { Decision } from '../programme/decisions.ts';
import type { StoredRule } from '../rules/read-rules.ts';
import type { RuleProblem } from '../rules/problem.ts';
import { time } from './shapes.ts';

const document = z.record(z.string(), z.any()).openapi({ description: 'The rule document' });
const state = z.enum(['draft', 'proposed', 'live', 'retired']);

const versionShape = z
  .object({
    version: z.int(),
    state,
    effectiveFrom: time()
      .nullable()
      .openapi({ description: 'Events from here on; null: from the beginning' }),
    createdAt: time(),
    createdBy: z.string().openapi({ description: 'Code of the staff member' }),
    document,
  })
  .openapi('RuleVersion');

const beyondShape = z
  .object({
    asset: z.string(),
    units: z.int().nullable().openapi({ description: 'What it can cost; null: nobody knows' }),
    limit: z.int().openapi({ description: 'What one person may launch alone' }),
  })
  .openapi('BeyondBound');

export const listedRuleShape = z
  .object({
    id: z.uuid(),
    code: z.string(),
    programme: z.string(),
    title: z.string(),
    state,
    version: z.int(),
    liveVersion: z.int().nullable(),
    experiment: z.string().nullable(),
    changedAt: time(),
    changedBy: z.string(),
  })
  .openapi('ListedRule');

export const ruleShape = z
  .object({
    id: z.uuid(),
    code: z.string(),
    programme: z.string(),
    liveVersion: z.int().nullable(),
    versions: z.array(versionShape).openapi({ description: 'The newest first' }),
    replay: z
      .object({
        at: time(),
        by: z.string(),
        firstDay: z.iso.date(),
        lastDay: z.iso.date(),
        activities: z.int(),
        cost: z.record(z.string(), z.number()),
      })
      .nullable()
      .openapi({ description: 'The newest replay of exactly the newest document' }),
    beyond: beyondShape.nullable().openapi({ description: 'Why its launch needs a second person' }),
  })
  .openapi('Rule');

export const decidedShape = z
  .object({ rule: z.uuid(), code: z.string(), version: z.int(), state, beyond: beyondShape.nullable() })
  .openapi('DecidedRule');

export const ruleProblemShape = z
  .object({
    code: z.string(),
    at: z.string().openapi({ description: 'Path in the document' }),
    position: z
      .object({
        start: z.int(),
        end: z.int(),
        line: z.int(),
        column: z.int(),
        excerpt: z.string().openapi({ description: 'That line, and carets under the place' }),
      })
      .optional()
      .openapi({ description: 'Place in the expression at `at`' }),
    sentence: z.string().openapi({ description: 'In the reader’s language' }),
    facts: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .openapi({ description: 'What is put into the sentence' }),
  })
  .openapi('RuleProblem');

export function showProblem(problem: RuleProblem, language: Language): z.infer<typeof ruleProblemShape> {
  const { code, at, position, facts = {} } = problem;
  return { code, at, ...(position && { position }), sentence: sayProblem(problem, language), facts };
}

export const fieldChangeShape = z
  .object({ at: z.string(), old: z.unknown().optional(), new: z.unknown().optional() })
  .openapi('FieldChange');

export const decisionShape = z
  .object({
    id: z.uuid(),
    at: time(),
    by: z.string(),
    what: z.enum(['drafted', 'proposed', 'declined', 'launched', 'retired', 'configured', 'stopped']),
    rule: z.uuid().nullable(),
    version: z.int().nullable(),
    experiment: z.string().nullable(),
    facts: z.record(z.string(), z.unknown()),
  })
  .openapi('Decision');

export function showListedRule({ programme, newest, live }: ListedRule, language: string) {
  const { id, code, state, version, document, createdAt, createdBy } = newest;
  return {
    id,
    code,
    programme: programme.code,
    title: (document.texts[language] ?? document.texts['en']!).title,
    state,
    version,
    liveVersion: live?.version ?? null,
    experiment: document.experiment?.name ?? null,
    changedAt: createdAt.toISOString(),
    changedBy: createdBy,
  };
}

export function showRule({ programme, versions, live, replay, beyond }: ToldRule) {
  return {
    id: versions[0]!.id,
    code: versions[0]!.code,
    programme: programme.code,
    liveVersion: live?.version ?? null,
    versions: versions.map(showVersion),
    replay: replay && { ...replay, at: replay.at.toISOString() },
    beyond,
  };
}

export function showDecision({ at, programme: _programme, ...decision }: Decision) {
  return { ...decision, at: at.toISOString() };
}

function showVersion({ version, state, effectiveFrom, createdAt, createdBy, document }: StoredRule) {
  return {
    version,
    state,
    effectiveFrom: effectiveFrom?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    createdBy,
    document,
  };
}
