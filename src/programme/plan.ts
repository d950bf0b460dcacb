import type { RuleDocument } from '../rules/document.ts';
import { compareFields, type FieldChange } from './compare.ts';
import type { ProgrammeDocuments } from './document.ts';

/** What would become of a rule, and which fields would differ from the live version. */
type RulePlan = {
  code: string;
  change: 'added' | 'changed' | 'retired';
  /** Of what is retired and added: none. */
  fields: FieldChange[];
};

/** What would differ if a programme said what these documents say. */
export type Plan = { programme: FieldChange[]; rules: RulePlan[]; unchanged: number };

/** Compares what is live with what is wanted; null where the programme does not exist yet. Pure. */
export function planProgramme(live: ProgrammeDocuments | null, wanted: ProgrammeDocuments): Plan {
  const before = byCode(live?.rules ?? []);
  const after = byCode(wanted.rules);
  const codes = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const rules = codes.flatMap((code): RulePlan[] => {
    const [old, now] = [before.get(code), after.get(code)];
    if (!old) return [{ code, change: 'added', fields: [] }];
    if (!now) return [{ code, change: 'retired', fields: [] }];
    const fields = compareFields(old, now);
    return fields.length > 0 ? [{ code, change: 'changed', fields }] : [];
  });
  const kept = [...after.keys()].filter((code) => before.has(code)).length;
  const changed = rules.filter(({ change }) => change === 'changed').length;
  // Assets are a tenant's and not a programme's: they are named so that another tenant can make them.
  const frame = live && { ...live.programme, assets: wanted.programme.assets };
  const programme = compareFields(frame ?? {}, wanted.programme);
  return { programme, rules, unchanged: kept - changed };
}

/** True when there is nothing to do. */
export function isEmptyPlan({ programme, rules }: Plan): boolean {
  return programme.length === 0 && rules.length === 0;
}

function byCode(rules: readonly RuleDocument[]): Map<string, RuleDocument> {
  return new Map(rules.map((rule) => [rule.code, rule]));
}
