import { compareFields, type FieldChange } from './compare.ts';
import { nameOf, type ProgrammeDocuments } from './document.ts';

/** What would become of a document, and which fields would differ from the live version. */
type DocumentPlan = {
  /** The code of a rule; of what is no rule its kind and code, `segment/CODE`. */
  code: string;
  change: 'added' | 'changed' | 'retired';
  /** Of what is retired and added: none. */
  fields: FieldChange[];
};

/** What would differ if a programme said what these documents say. */
export type Plan = {
  programme: FieldChange[];
  rules: DocumentPlan[];
  others: DocumentPlan[];
  unchanged: number;
};

/** Compares what is live with what is wanted; null where the programme does not exist yet. Pure. */
export function planProgramme(live: ProgrammeDocuments | null, wanted: ProgrammeDocuments): Plan {
  const rules = compare(live?.rules ?? [], wanted.rules, ({ code }) => code);
  const others = compare(live?.others ?? [], wanted.others, nameOf);
  // Assets are a tenant's and not a programme's: they are named so that another tenant can make them.
  const frame = live && { ...live.programme, assets: wanted.programme.assets };
  const programme = compareFields(frame ?? {}, wanted.programme);
  const unchanged = rules.unchanged + others.unchanged;
  return { programme, rules: rules.plans, others: others.plans, unchanged };
}

/** True when there is nothing to do. */
export function isEmptyPlan({ programme, rules, others }: Plan): boolean {
  return programme.length === 0 && rules.length === 0 && others.length === 0;
}

function compare<Document>(
  live: readonly Document[],
  wanted: readonly Document[],
  name: (document: Document) => string,
): { plans: DocumentPlan[]; unchanged: number } {
  const before = new Map(live.map((one) => [name(one), one]));
  const after = new Map(wanted.map((one) => [name(one), one]));
  let unchanged = 0;
  const plans = [...new Set([...before.keys(), ...after.keys()])]
    .toSorted()
    .flatMap((code): DocumentPlan[] => {
      const [old, now] = [before.get(code), after.get(code)];
      if (!old) return [{ code, change: 'added', fields: [] }];
      if (!now) return [{ code, change: 'retired', fields: [] }];
      const fields = compareFields(old, now);
      if (fields.length > 0) return [{ code, change: 'changed', fields }];
      unchanged += 1;
      return [];
    });
  return { plans, unchanged };
}
