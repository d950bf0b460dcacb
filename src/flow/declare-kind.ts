import type { Tx } from '../db/transact.ts';
import {
  changeProgramme,
  programmeForChange,
  type KindOfActivity,
  type Programme,
} from '../network/programmes.ts';
import { recordDecisions } from '../programme/decisions.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
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
  const kinds = { ...before, [kind]: declared };
  if (canonicalJson(kinds) === canonicalJson(before)) return { ok: true, kinds };
  await changeProgramme(tx, id, { ...programme, settings: { ...programme.settings, kinds } });
  const changes = [{ at: `settings.kinds.${kind}`, old: before[kind], new: declared }];
  await recordDecisions(tx, [{ programme: id, at, by: by.code, what: 'configured', facts: { changes } }]);
  return { ok: true, kinds };
}
