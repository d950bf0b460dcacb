import { usualKinds } from '../activity/kinds.ts';
import type { Tx } from '../db/transact.ts';
import {
  changeProgramme,
  programmeForChange,
  type KindOfActivity,
  type Programme,
} from '../network/programmes.ts';
import { recordDecisions } from '../programme/decisions.ts';
import type { OtherDocument } from '../programme/document.ts';
import { standingRules } from '../rules/read-rules.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { standingDocuments } from './known-names.ts';
import type { Actor } from './launch-rules.ts';

/**
 * Declares a kind of activity, or what it tells from now on. What was recorded stays as it is: an attribute of another type
 * counts as missing. Managers may; it is written down among the decisions.
 */
export async function declareKind(
  tx: Tx,
  { id }: Pick<Programme, 'id'>,
  kind: string,
  declared: KindOfActivity,
  by: Actor,
  at: Date,
): Promise<{ ok: true; kinds: NonNullable<Programme['settings']['kinds']> } | Refused<'not-allowed'>> {
  if (by.role !== 'manager') return refuse('not-allowed');
  const programme = await programmeForChange(tx, id);
  const before = programme.settings.kinds ?? {};
  // With the first declaration only declared kinds are taken: those that are paid or counted already are declared with it.
  const kinds = { ...(Object.keys(before).length > 0 ? before : await kindsInUse(tx, id)), [kind]: declared };
  if (canonicalJson(kinds) === canonicalJson(before)) return { ok: true, kinds };
  await changeProgramme(tx, id, { ...programme, settings: { ...programme.settings, kinds } });
  const changes = Object.entries(kinds).flatMap(([name, now]) =>
    before[name] === now ? [] : [{ at: `settings.kinds.${name}`, old: before[name], new: now }],
  );
  await recordDecisions(tx, [{ programme: id, at, by: by.code, what: 'configured', facts: { changes } }]);
  return { ok: true, kinds };
}

// Kinds that live rules and documents name, without the usual ones, which are always known.
async function kindsInUse(
  tx: Tx,
  programme: Programme['id'],
): Promise<NonNullable<Programme['settings']['kinds']>> {
  const rules = (await standingRules(tx, programme)).flatMap(({ document }) => document.scope.kinds);
  const documents = (await standingDocuments(tx, programme)).flatMap(kindsIn);
  const named = [...new Set([...rules, ...documents])].filter((kind) => !usualKinds.includes(kind));
  return Object.fromEntries(named.toSorted().map((kind) => [kind, {}]));
}

function kindsIn(document: OtherDocument): string[] {
  if (document.kind === 'list') return [];
  if (document.kind === 'segment') return Object.values(document.counters).flatMap(({ kinds }) => kinds);
  return document.kinds;
}
