import { createHash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import { nameId, type ProgrammeId, type RuleId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { neighbourProblems, unknownNames, type KnownNames } from './check-neighbours.ts';
import { compileDocument } from './compile.ts';
import type { RuleDocument } from './document.ts';
import type { RuleProblem } from './problem.ts';
import { newestRules, type RuleState, type StoredRule } from './read-rules.ts';

export type Saved =
  /** `unchanged`: the newest version says the same already, and nothing was written. */
  | { ok: true; rule: RuleId; code: string; version: number; unchanged: boolean }
  | (Refused<'rule-invalid'> & { problems: RuleProblem[] })
  /** Another version was saved meanwhile than the one this was based on. */
  | Refused<'rule-changed'>;

export type SaveOptions = {
  /** A draft or a proposal is kept and judges nobody; `retired` ends the rule. Default `live`. */
  state?: RuleState;
  /**
   * Events from here on are judged by this version. Default: `at` for an edit, and from the beginning for a new rule.
   * What was judged before stays as it is until it is corrected.
   */
  effectiveFrom?: Date;
  /** The version that was edited; refused with `rule-changed` when it is not the newest any more. */
  basedOn?: number;
  /** Names that codes in documents must be among, by kind; kinds that are absent are not checked. */
  known?: KnownNames;
};

/**
 * Saves each document as the next version of the rule with its code; answers in order. Nothing is overwritten, and what
 * limits have counted stays counted. A document that says what the newest version says adds nothing. The documents must
 * fit beside each other and beside the rules that are not among them.
 */
export async function saveRules(
  tx: Tx,
  programme: ProgrammeId,
  documents: readonly unknown[],
  by: string,
  at: Date,
  options: SaveOptions = {},
): Promise<Saved[]> {
  const newest = new Map((await newestRules(tx, programme)).map((rule) => [rule.code, rule] as const));
  const compiled = documents.map(compileDocument);
  const standing = new Map(
    [...newest].flatMap(([code, { state, document }]) => (state === 'retired' ? [] : [[code, document]])),
  );
  for (const one of compiled) if (one.ok) standing.set(one.document.code, one.document);
  const answers: Saved[] = [];
  for (const one of compiled) {
    const problems = one.ok ? problemsBeside(one.document, [...standing.values()], options) : one.problems;
    answers.push(
      one.ok && problems.length === 0
        ? await saveRule(tx, programme, one.document, newest.get(one.document.code), { by, at, ...options })
        : { ...refuse('rule-invalid'), problems },
    );
  }
  return answers;
}

/** What keeps a document from being saved beside these rules; one that ends its rule fits everywhere. */
function problemsBeside(
  document: RuleDocument,
  others: readonly RuleDocument[],
  { state, known = {} }: SaveOptions,
): RuleProblem[] {
  if (state === 'retired') return [];
  return [...unknownNames(document, known), ...neighbourProblems(document, others)];
}

async function saveRule(
  tx: Tx,
  programme: ProgrammeId,
  document: RuleDocument,
  newest: StoredRule | undefined,
  { state = 'live', effectiveFrom, basedOn, by, at }: SaveOptions & { by: string; at: Date },
): Promise<Saved> {
  const version = newest?.version ?? 0;
  if (basedOn !== undefined && basedOn !== version) return refuse('rule-changed', { version });

  const rule = ruleIdOf(tx, programme, document.code);
  const digest = createHash('sha256')
    .update(JSON.stringify([state, document]))
    .digest();
  if (newest?.digest.equals(digest) && !effectiveFrom)
    return { ok: true, rule, code: document.code, version, unchanged: true };
  const inserted = await tx.query(
    `insert into rule (tenant, id, version, code, programme, state, document, effective_from, digest, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing returning version`,
    [
      tx.tenant,
      rule,
      version + 1,
      document.code,
      programme,
      state,
      JSON.stringify(document),
      effectiveFrom ?? (newest ? at : null),
      digest,
      at,
      by,
    ],
  );
  if (inserted.length === 0) return refuse('rule-changed', { version: version + 1 });
  return { ok: true, rule, code: document.code, version: version + 1, unchanged: false };
}

/** The id that a rule's code gives, whether or not the rule is there. */
export function ruleIdOf(tx: Tx, programme: ProgrammeId, code: string): RuleId {
  return nameId<RuleId>(tx.tenant, 'rule', programme, code);
}
