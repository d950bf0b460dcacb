import { createHash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import { nameId, type ProgrammeId, type RuleId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { compileDocument } from './compile.ts';
import type { RuleDocument, RuleProblem } from './document.ts';
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

type KnownNames = Partial<
  Record<'assets' | 'tiers' | 'areas' | 'channels' | 'outlets' | 'skus' | 'categories', readonly string[]>
>;

/**
 * Saves each document as the next version of the rule with its code; answers in order. Nothing is overwritten, and what
 * limits have counted stays counted. A document that says what the newest version says adds nothing.
 */
export async function saveRules(
  tx: Tx,
  programme: ProgrammeId,
  documents: readonly unknown[],
  by: string,
  at: Date,
  options: SaveOptions = {},
): Promise<Saved[]> {
  const answers: Saved[] = [];
  for (const document of documents) answers.push(await saveRule(tx, programme, document, by, at, options));
  return answers;
}

async function saveRule(
  tx: Tx,
  programme: ProgrammeId,
  given: unknown,
  by: string,
  at: Date,
  { state = 'live', effectiveFrom, basedOn, known = {} }: SaveOptions,
): Promise<Saved> {
  const compiled = compileDocument(given);
  if (!compiled.ok) return invalid(compiled.problems);
  const { document } = compiled;
  const others = await newestRules(tx, programme);
  const newest = others.find(({ code }) => code === document.code);
  const problems = [...unknownNames(document, known), ...stackingProblems(document, others)];
  if (problems.length > 0) return invalid(problems);
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

function invalid(problems: RuleProblem[]): Saved {
  return { ...refuse('rule-invalid', { problem: problems[0]!.sentence }), problems };
}

function unknownNames(document: RuleDocument, known: KnownNames): RuleProblem[] {
  const { audience = {}, products = {} } = document.scope;
  const used = [
    ...document.effects.flatMap((effect, index) =>
      'asset' in effect ? [['assets', `effects[${index}].asset`, [effect.asset]] as const] : [],
    ),
    ['tiers', 'scope.audience.tiers', audience.tiers] as const,
    ['areas', 'scope.audience.areas', audience.areas] as const,
    ['channels', 'scope.audience.channels', audience.channels] as const,
    ['outlets', 'scope.audience.outlets', audience.outlets] as const,
    ['skus', 'scope.products.skus', products.skus] as const,
    ['categories', 'scope.products.categories', products.categories] as const,
  ];
  return used.flatMap(([kind, at, names = []]) =>
    names
      .filter((name) => known[kind] && !known[kind].includes(name))
      .map(
        (name) =>
          ({ code: 'unknown-name', at, sentence: `There is no "${name}" among the ${kind}.` }) as const,
      ),
  );
}

// A group has one mode and pays in one way, or its result would depend on which rule came first.
function stackingProblems(document: RuleDocument, others: readonly StoredRule[]): RuleProblem[] {
  const { group, mode } = document.stacking;
  const multiplies = ({ effects }: RuleDocument) => effects[0]!.kind === 'multiply';
  const inGroup = others.filter(
    (other) =>
      other.code !== document.code && other.state !== 'retired' && other.document.stacking.group === group,
  );
  const otherMode = inGroup.find((other) => other.document.stacking.mode !== mode);
  const otherKind = inGroup.find((other) => multiplies(other.document) !== multiplies(document));
  const problems: RuleProblem[] = [];
  if (otherMode) {
    const sentence = `The group ${group} is "${otherMode.document.stacking.mode}" in the rule ${otherMode.code}.`;
    problems.push({ code: 'contradiction', at: 'stacking.mode', sentence });
  }
  if (otherKind) {
    const sentence = `The rule ${otherKind.code} of the group ${group} does not ${multiplies(document) ? 'multiply' : 'award'}; use another group.`;
    problems.push({ code: 'contradiction', at: 'stacking.group', sentence });
  }
  return problems;
}
