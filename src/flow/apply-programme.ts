import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import { assetByCode, ensureAssets } from '../ledger/accounts.ts';
import {
  addProgrammes,
  changeProgramme,
  programmeByCode,
  type NewProgramme,
  type Programme,
} from '../network/programmes.ts';
import { recordDecisions, type NewDecision } from '../programme/decisions.ts';
import {
  nameOf,
  programmeAsDocument,
  type OtherDocument,
  type ProgrammeDocument,
  type ProgrammeDocuments,
} from '../programme/document.ts';
import { planProgramme, type Plan } from '../programme/plan.ts';
import { parseProgressDocument } from '../progress/document.ts';
import { saveDocuments } from '../progress/documents.ts';
import { newestRules, standingRules } from '../rules/read-rules.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { dayAt } from './calendar.ts';
import { standingDocuments } from './known-names.ts';
import { ruleInOrder } from './tell-rules.ts';
import { draftRules, endRule, launchRule, type Actor, type Decided, type Undecided } from './launch-rules.ts';
import { queueUpToDate } from './save-progress.ts';

/** How documents are to take effect: as drafts, or launched at once on the strength of replays or of a stated reason. */
export type ApplyOptions = { launch?: boolean | undefined; waiver?: string | undefined };

/** What was planned, and what became of each rule in it. */
export type Applied = { ok: true; plan: Plan; rules: Decided[] };
export type NotApplied = (Undecided | Refused<'programme-fixed' | 'bound-fixed'>) & {
  /** The document that was refused: `programme` or `rules/CODE`. */
  document: string;
};

/** A programme as documents, in the versions that are live; null where there is none of that code. */
export async function exportProgramme(tx: Tx, code: string): Promise<ProgrammeDocuments | null> {
  const programme = await programmeByCode(tx, code);
  if (!programme) return null;
  const rules = (await standingRules(tx, programme.id)).map(({ document }) => ruleInOrder(document));
  const used = rules.flatMap(({ effects }) =>
    effects.flatMap((effect) => ('asset' in effect ? [effect.asset] : [])),
  );
  const assets = [];
  for (const asset of [...new Set(used)].toSorted()) {
    const found = await assetByCode(tx, asset);
    if (found) assets.push({ code: found.code, kind: found.kind, scale: found.scale });
  }
  const others = (await standingDocuments(tx, programme.id)).map(inOrder);
  return { programme: programmeAsDocument(programme, assets), rules, others };
}

function inOrder(document: OtherDocument): OtherDocument {
  const parsed = parseProgressDocument(document);
  assert(parsed.ok, 'a document that was saved is in order');
  return parsed.document;
}

/**
 * Makes a programme say what the documents say, all of it or nothing: through the same verbs, and with the same refusals, as
 * one rule at a time. As drafts, nothing that is live changes; a programme that does not exist is begun. With `launch`, the
 * programme's settings, tiers, segments and discounts change too, and what is live and not among the documents ends. The same again changes nothing.
 */
export async function applyProgramme(
  tx: Tx,
  documents: ProgrammeDocuments,
  by: Actor,
  at: Date,
  options: ApplyOptions = {},
): Promise<Applied | NotApplied> {
  try {
    return await tx.savepoint(() => applyOrThrow(tx, documents, by, at, options));
  } catch (error) {
    if (error instanceof NotAppliedError) return error.refusal;
    throw error;
  }
}

/** Carries a refusal out of the savepoint, which undoes what was written before it. */
class NotAppliedError extends Error {
  readonly refusal: NotApplied;
  constructor(refusal: NotApplied) {
    super(refusal.refused);
    this.refusal = refusal;
  }
}

async function applyOrThrow(
  tx: Tx,
  documents: ProgrammeDocuments,
  by: Actor,
  at: Date,
  { launch = false, waiver }: ApplyOptions,
): Promise<Applied> {
  const live = await exportProgramme(tx, documents.programme.code);
  const plan = planProgramme(live, documents);
  const programme = await applyFrame(tx, documents.programme, live?.programme ?? null, by, at, launch);
  if (launch) await applyOthers(tx, programme, live?.others ?? [], documents, plan, by, at);
  const changed = new Set(plan.rules.filter(({ change }) => change !== 'retired').map(({ code }) => code));
  const drafted = await draftRules(
    tx,
    { ...programme, settings: { ...programme.settings, kinds: documents.programme.settings.kinds } },
    documents.rules.filter(({ code }) => changed.has(code)),
    by,
    at,
    { beside: documents.others },
  );
  const wanted = documents.rules.filter(({ code }) => changed.has(code));
  const drafts = drafted.map((one, index) => orThrow(one, `rules/${wanted[index]!.code}`));
  if (!launch) return { ok: true, plan, rules: drafts };
  const rules: Decided[] = [];
  for (const { rule, code, version } of drafts)
    rules.push(orThrow(await launchRule(tx, programme, { rule, version, waiver }, by, at), `rules/${code}`));
  const newest = await newestRules(tx, programme.id);
  for (const { code, change } of plan.rules) {
    if (change !== 'retired') continue;
    if (by.role !== 'manager')
      throw new NotAppliedError({ ...refuse('not-allowed'), document: `rules/${code}` });
    const ended = await endRule(
      tx,
      programme,
      newest.find((one) => one.code === code)!,
      by.code,
      at,
      {
        what: 'retired',
        facts: { reason: 'not among the documents' },
      },
    );
    rules.push(orThrow(ended, `rules/${code}`));
  }
  return { ok: true, plan, rules };
}

// Tiers, segments and discounts have no drafts: they change when they are launched.
async function applyOthers(
  tx: Tx,
  programme: Programme,
  live: readonly OtherDocument[],
  { others }: ProgrammeDocuments,
  plan: Plan,
  by: Actor,
  at: Date,
): Promise<void> {
  const today = dayAt(at, programme.timeZone);
  const decisions: NewDecision[] = [];
  // What ends goes first: a programme has one set of tiers.
  for (const { code: name, change } of plan.others.toSorted((a) => (a.change === 'retired' ? -1 : 1))) {
    if (by.role !== 'manager') throw new NotAppliedError({ ...refuse('not-allowed'), document: name });
    const state = change === 'retired' ? 'retired' : 'live';
    const from = state === 'retired' ? live : others;
    const document = from.find((one) => nameOf(one) === name)!;
    const [saved] = await saveDocuments(tx, programme.id, [document], by.code, at, { today, state });
    if (!saved!.ok) throw new NotAppliedError({ ...saved!, document: name });
    const facts = { document: name, version: saved!.version, state };
    decisions.push({ programme: programme.id, at, by: by.code, what: 'configured', facts });
  }
  await recordDecisions(tx, decisions);
  if (decisions.length > 0) await queueUpToDate(tx, programme.id);
}

function orThrow(one: Decided | Undecided, document: string): Decided {
  if (!one.ok) throw new NotAppliedError({ ...one, document });
  return one;
}

const fixed = ['timeZone', 'currency'] as const;

async function applyFrame(
  tx: Tx,
  wanted: ProgrammeDocument,
  live: ProgrammeDocument | null,
  by: Actor,
  at: Date,
  launch: boolean,
): Promise<Programme> {
  const { format: _format, assets = [], ...rest } = wanted;
  // A document is JSON: what is absent in it is not there.
  const frame = rest as NewProgramme;
  const refusing = (refused: Refused<'not-allowed' | 'programme-fixed' | 'bound-fixed'>) =>
    new NotAppliedError({ ...refused, document: 'programme' });
  if (!live && by.role !== 'manager') throw refusing(refuse('not-allowed'));
  for (const asset of assets) {
    const known = await assetByCode(tx, asset.code);
    if (known && (known.kind !== asset.kind || known.scale !== asset.scale))
      throw refusing(refuse('programme-fixed', { field: `assets: ${asset.code}` }));
  }
  if (by.role === 'manager') await ensureAssets(tx, assets);
  if (!live) await addProgrammes(tx, [frame]);
  const programme = (await programmeByCode(tx, wanted.code))!;
  if (!live || !launch) return programme;
  const changes = planProgramme(
    { programme: live, rules: [], others: [] },
    { programme: wanted, rules: [], others: [] },
  ).programme;
  if (changes.length === 0) return programme;
  const field = fixed.find((name) => live[name] !== wanted[name]);
  if (field) throw refusing(refuse('programme-fixed', { field }));
  // Whoever launches does not set how far that goes.
  const isBoundChanged =
    canonicalJson(live.settings.launchAlone ?? {}) !== canonicalJson(wanted.settings.launchAlone ?? {});
  if (isBoundChanged && by.role !== 'controller') throw refusing(refuse('bound-fixed'));
  if (!isBoundChanged && by.role !== 'manager') throw refusing(refuse('not-allowed'));
  await changeProgramme(tx, programme.id, frame);
  await recordDecisions(tx, [
    { programme: programme.id, at, by: by.code, what: 'configured', facts: { changes } },
  ]);
  return (await programmeByCode(tx, wanted.code))!;
}
