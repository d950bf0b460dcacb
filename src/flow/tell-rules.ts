import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import { listProgrammes, programmeByCode, programmeById, type Programme } from '../network/programmes.ts';
import { documentsFollowed, ofKind } from '../progress/book.ts';
import { beyondBound, type Beyond } from '../programme/launch-bound.ts';
import { replayOf, type Replay } from '../programme/replays.ts';
import { compileDocument } from '../rules/compile.ts';
import { neighbourProblems, unknownNames } from '../rules/check-neighbours.ts';
import { parseDocument, type RuleDocument } from '../rules/document.ts';
import type { RuleProblem } from '../rules/problem.ts';
import { newestRules, standingRules, versionsOf, type StoredRule } from '../rules/read-rules.ts';
import type { RuleId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { knownNames } from './known-names.ts';

/** A rule in a list: its newest version, and the one that is live (null: none is). */
export type ListedRule = { programme: Programme; newest: StoredRule; live: StoredRule | null };

/** A rule with its versions, the newest first, and what a launch of the newest would rest on. */
export type ToldRule = {
  programme: Programme;
  versions: StoredRule[];
  live: StoredRule | null;
  replay: Replay | null;
  beyond: Beyond | null;
};

/** The database keeps no order of fields; the schema has one, so that people find their way and texts can be compared. */
export function ruleInOrder(document: RuleDocument): RuleDocument {
  const parsed = parseDocument(document);
  assert(parsed.ok, 'a rule that was saved is in order');
  return parsed.document;
}

/** The programme that is asked for by its code, or the only one there is. */
export async function programmeAsked(
  tx: Tx,
  code: string | undefined,
): Promise<{ ok: true; programme: Programme } | Refused<'bad-request'>> {
  const found = code === undefined ? await listProgrammes(tx) : [await programmeByCode(tx, code)];
  const [programme] = found;
  if (found.length === 1 && programme) return { ok: true, programme };
  return refuse('bad-request', { field: 'programme', problem: code === undefined ? 'missing' : 'unknown' });
}

/** The programme of a code, or all of them, for what is told of all together. Refuses a code that nobody knows. */
export async function programmesAsked(
  tx: Tx,
  code: string | undefined,
): Promise<{ ok: true; programmes: Programme[] } | Refused<'bad-request'>> {
  if (code === undefined) return { ok: true, programmes: await listProgrammes(tx) };
  const asked = await programmeAsked(tx, code);
  return asked.ok ? { ok: true, programmes: [asked.programme] } : asked;
}

/** The programme of a code; without one the first that has tiers, because somebody has one tier in all of them. */
export async function programmeOfTiers(
  tx: Tx,
  code: string | undefined,
): Promise<{ ok: true; programme: Programme } | Refused<'bad-request'>> {
  if (code !== undefined) return programmeAsked(tx, code);
  const all = await listProgrammes(tx);
  for (const programme of all)
    if (ofKind(await documentsFollowed(tx, programme.id), 'tiers').length > 0) return { ok: true, programme };
  return all[0] ? { ok: true, programme: all[0] } : programmeAsked(tx, code);
}

/** The rules of a programme, or of all of them, in order of code. Refuses a programme that nobody knows. */
export async function tellRules(
  tx: Tx,
  code: string | undefined,
): Promise<{ ok: true; rules: ListedRule[] } | Refused<'bad-request'>> {
  const all = await listProgrammes(tx);
  const asked = code === undefined ? all : all.filter((programme) => programme.code === code);
  if (code !== undefined && asked.length === 0)
    return refuse('bad-request', { field: 'programme', problem: 'unknown' });
  const rules: ListedRule[] = [];
  for (const programme of asked) {
    const live = await standingRules(tx, programme.id);
    for (const newest of await newestRules(tx, programme.id))
      rules.push({ programme, newest, live: live.find(({ id }) => id === newest.id) ?? null });
  }
  return { ok: true, rules };
}

/** One rule, or null. */
export async function tellRule(tx: Tx, id: RuleId): Promise<ToldRule | null> {
  const versions = await versionsOf(tx, id);
  const [newest] = versions;
  if (!newest) return null;
  const programme = (await programmeById(tx, newest.programme))!;
  const launched = versions.find(({ state }) => state === 'live' || state === 'retired');
  const replay = await replayOf(tx, programme.id, newest.document);
  return {
    programme,
    versions: versions.map((one) => ({ ...one, document: ruleInOrder(one.document) })),
    live: launched?.state === 'live' ? launched : null,
    replay,
    beyond: beyondBound(newest.document, programme.settings.launchAlone, replay?.cost ?? null),
  };
}

/** Everything that would keep a document from being saved in the programme, each with its place and a sentence. */
export async function checkRule(tx: Tx, programme: Programme, given: unknown): Promise<RuleProblem[]> {
  const compiled = compileDocument(given);
  if (!compiled.ok) return compiled.problems;
  const { document } = compiled;
  const others = (await newestRules(tx, programme.id)).filter(({ state }) => state !== 'retired');
  return [
    ...unknownNames(document, await knownNames(tx, programme, [document])),
    ...neighbourProblems(
      document,
      others.map((rule) => rule.document),
    ),
  ];
}
