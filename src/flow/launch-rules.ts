import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import type { Staff } from '../network/staff.ts';
import { recordDecisions, type NewDecision } from '../programme/decisions.ts';
import type { OtherDocument } from '../programme/document.ts';
import { beyondBound, type Beyond } from '../programme/launch-bound.ts';
import { replayOf } from '../programme/replays.ts';
import { compileDocument } from '../rules/compile.ts';
import { digestDocument } from '../rules/digest-document.ts';
import type { RuleDocument } from '../rules/document.ts';
import { newestRules, standingRules, type RuleState, type StoredRule } from '../rules/read-rules.ts';
import { saveRules, type Saved, type SaveOptions } from '../rules/save-rule.ts';
import type { RuleId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { knownNames } from './known-names.ts';
import { queueUpToDate } from './save-progress.ts';

/** Which of the brand's people acts. */
export type Actor = Pick<Staff, 'code' | 'role'>;

/** The version of a rule that somebody looked at and decides about. */
export type Chosen = { rule: RuleId; version: number };

/** A decision about a rule took effect: the version that it made, or the one that said so already. */
export type Decided = {
  ok: true;
  rule: RuleId;
  code: string;
  version: number;
  state: RuleState;
  /** Why a second person is needed; null when none is. */
  beyond: Beyond | null;
};

export type Undecided =
  | Refused<'not-allowed' | 'not-found' | 'rule-changed' | 'not-replayed' | 'second-person' | 'not-proposed'>
  | Extract<Saved, { ok: false }>;

/**
 * Saves documents as drafts, which judge nobody. What the newest version of a rule says already is left as it is. `beside`
 * are tiers and segments that they may name though they are not saved yet. Managers may; a controller, who approves what
 * others drafted, may say the same again. Answers in order.
 */
export async function draftRules(
  tx: Tx,
  programme: Programme,
  documents: readonly unknown[],
  by: Actor,
  at: Date,
  { beside, ...options }: Pick<SaveOptions, 'basedOn'> & { beside?: readonly OtherDocument[] } = {},
): Promise<(Decided | Undecided)[]> {
  if (!isSecond(by)) return documents.map(() => refuse('not-allowed'));
  const newest = byCode(await newestRules(tx, programme.id));
  const known = await knownNames(tx, programme, wellFormed(documents), beside);
  const isSaid = (document: unknown): StoredRule | null => {
    const compiled = compileDocument(document);
    const stored = compiled.ok ? newest.get(compiled.document.code) : undefined;
    if (!compiled.ok || !stored || stored.state === 'retired') return null;
    return digestDocument(stored.document) === digestDocument(compiled.document) ? stored : null;
  };
  const said = documents.map(isSaid);
  const fresh = documents.filter((_, index) => said[index] === null);
  if (fresh.length > 0 && by.role !== 'manager')
    return said.map((stored) => (stored ? decided(stored, stored.state) : refuse('not-allowed')));
  const saved = await saveRules(tx, programme.id, fresh, by.code, at, { ...options, state: 'draft', known });
  await recordDecisions(
    tx,
    saved.flatMap((one) => (one.ok ? [decision(programme, one, 'drafted', by, at)] : [])),
  );
  return said.map((stored) => {
    if (stored) return decided(stored, stored.state);
    const one = saved.shift()!;
    return one.ok ? decided({ id: one.rule, ...one }, 'draft') : one;
  });
}

/**
 * Lets the newest version of a rule judge events from now (or `from`) on. A draft needs a replay of exactly its document,
 * or a reason why not (`waiver`). A rule that can cost more than the programme lets one person launch becomes a proposal;
 * asked again by a manager or controller other than the one who proposed it, it goes live.
 */
export async function launchRule(
  tx: Tx,
  programme: Programme,
  { rule, version, waiver, from }: Chosen & { waiver?: string | undefined; from?: Date | undefined },
  by: Actor,
  at: Date,
): Promise<Decided | Undecided> {
  const found = await chosen(tx, programme, { rule, version });
  if (!found.ok) return found;
  const { stored } = found;
  if (stored.state === 'live') return decided(stored, 'live');
  if (stored.state === 'proposed') return approve(tx, programme, stored, by, at);
  if (by.role !== 'manager') return refuse('not-allowed');
  if (stored.state === 'retired') return refuse('rule-changed', { version: stored.version });
  const { document } = stored;
  const replay = await replayOf(tx, programme.id, document);
  if (!replay && !waiver?.trim()) return refuse('not-replayed', { rule: stored.code });
  const beyond = beyondBound(document, programme.settings.launchAlone, replay?.cost ?? null);
  const state = beyond ? 'proposed' : 'live';
  const saved = await saveAs(tx, programme, stored, by, at, { state, effectiveFrom: from ?? at });
  if (!saved.ok) return saved;
  const facts = {
    ...(replay
      ? { replayed: { at: replay.at, by: replay.by, activities: replay.activities, cost: replay.cost } }
      : { waiver }),
    ...(beyond && { beyond }),
    ...(from && { from }),
  };
  await recordDecisions(tx, [decision(programme, saved, beyond ? 'proposed' : 'launched', by, at, facts)]);
  return { ...decided({ id: rule, ...saved }, state), beyond };
}

/** Turns a proposal back into a draft. Managers and controllers may, also the one who proposed it. */
export async function declineRule(
  tx: Tx,
  programme: Programme,
  { reason, ...which }: Chosen & { reason: string },
  by: Actor,
  at: Date,
): Promise<Decided | Undecided> {
  const found = await chosen(tx, programme, which);
  if (!found.ok) return found;
  if (!isSecond(by)) return refuse('not-allowed');
  const { stored } = found;
  if (stored.state !== 'proposed') return refuse('not-proposed', { rule: stored.code });
  const saved = await saveAs(tx, programme, stored, by, at, { state: 'draft' });
  if (!saved.ok) return saved;
  await recordDecisions(tx, [decision(programme, saved, 'declined', by, at, { reason })]);
  return decided({ id: stored.id, ...saved }, 'draft');
}

/** Ends a rule for events from now on; what it has awarded stays. Managers may. */
export async function retireRule(
  tx: Tx,
  programme: Programme,
  { reason, ...which }: Chosen & { reason: string },
  by: Actor,
  at: Date,
): Promise<Decided | Undecided> {
  const found = await chosen(tx, programme, which);
  if (!found.ok) return found;
  if (by.role !== 'manager') return refuse('not-allowed');
  return endRule(tx, programme, found.stored, by.code, at, { what: 'retired', facts: { reason } });
}

/** Writes the version that ends a rule, and why. */
export async function endRule(
  tx: Tx,
  programme: Programme,
  newest: StoredRule,
  by: string,
  at: Date,
  why: Pick<NewDecision, 'what' | 'facts' | 'experiment'>,
): Promise<Decided | Undecided> {
  if (newest.state === 'retired') return decided(newest, 'retired');
  // The version that ends a rule says what was live last, whatever was drafted since.
  const live = (await standingRules(tx, programme.id)).find(({ id }) => id === newest.id);
  const saved = await saveAs(tx, programme, live ?? newest, { code: by }, at, {
    state: 'retired',
    effectiveFrom: at,
    basedOn: newest.version,
  });
  if (!saved.ok) return saved;
  const { rule, version } = saved;
  await recordDecisions(tx, [{ programme: programme.id, at, by, rule, version, ...why }]);
  return decided({ id: rule, ...saved }, 'retired');
}

async function approve(
  tx: Tx,
  programme: Programme,
  stored: StoredRule,
  by: Actor,
  at: Date,
): Promise<Decided | Undecided> {
  if (!isSecond(by)) return refuse('not-allowed');
  if (stored.createdBy === by.code) return refuse('second-person', { rule: stored.code });
  // A day that was asked for is kept; else it begins now and not when it was proposed.
  const isAsked = stored.effectiveFrom?.getTime() !== stored.createdAt.getTime();
  const effectiveFrom = isAsked && stored.effectiveFrom ? stored.effectiveFrom : at;
  const saved = await saveAs(tx, programme, stored, by, at, { state: 'live', effectiveFrom });
  if (!saved.ok) return saved;
  const facts = { proposedBy: stored.createdBy, proposed: stored.version };
  await recordDecisions(tx, [decision(programme, saved, 'launched', by, at, facts)]);
  return decided({ id: stored.id, ...saved }, 'live');
}

async function chosen(
  tx: Tx,
  programme: Programme,
  { rule, version }: Chosen,
): Promise<{ ok: true; stored: StoredRule } | Refused<'not-found' | 'rule-changed'>> {
  const stored = (await newestRules(tx, programme.id)).find(({ id }) => id === rule);
  if (!stored) return refuse('not-found');
  return stored.version === version
    ? { ok: true, stored }
    : refuse('rule-changed', { version: stored.version });
}

async function saveAs(
  tx: Tx,
  programme: Programme,
  { document, version }: StoredRule,
  by: Pick<Actor, 'code'>,
  at: Date,
  options: SaveOptions,
): Promise<Saved> {
  const known = await knownNames(tx, programme, [document]);
  const all = { basedOn: version, known, ...options };
  const saved = (await saveRules(tx, programme.id, [document], by.code, at, all))[0]!;
  // What a goal counts is counted from history, not while the first sale waits.
  if (saved.ok && options.state === 'live' && document.goal) await queueUpToDate(tx, programme.id);
  return saved;
}

function decision(
  programme: Programme,
  { rule, version }: { rule: RuleId; version: number },
  what: NewDecision['what'],
  by: Actor,
  at: Date,
  facts: Record<string, unknown> = {},
): NewDecision {
  return { programme: programme.id, at, by: by.code, what, rule, version, facts };
}

function decided(
  { id, code, version }: Pick<StoredRule, 'id' | 'code' | 'version'>,
  state: RuleState,
): Decided {
  return { ok: true, rule: id, code, version, state, beyond: null };
}

const isSecond = ({ role }: Actor): boolean => role === 'manager' || role === 'controller';

function wellFormed(documents: readonly unknown[]): RuleDocument[] {
  return documents.flatMap((one) => {
    const compiled = compileDocument(one);
    return compiled.ok ? [compiled.document] : [];
  });
}

function byCode(rules: readonly StoredRule[]): Map<string, StoredRule> {
  return new Map(rules.map((rule) => [rule.code, rule]));
}
