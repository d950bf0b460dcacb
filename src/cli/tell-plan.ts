import type { FieldChange } from '../programme/compare.ts';
import { isEmptyPlan, type Plan } from '../programme/plan.ts';

const marks = { added: '+', changed: '~', retired: '-' } as const;

/** A plan as lines to read: what comes, what changes field by field, what ends, and how much stays. */
export function tellPlan(code: string, plan: Plan): string[] {
  const { programme, unchanged } = plan;
  const documents = [
    ...plan.others.map((one) => ({ ...one, name: one.code.replace('/', ' ') })),
    ...plan.rules.map((one) => ({ ...one, name: `rule ${one.code}` })),
  ];
  const same = unchanged === 1 ? '1 document stays as it is' : `${unchanged} documents stay as they are`;
  if (isEmptyPlan(plan)) return [`${code}: nothing changes; ${same}.`];
  const count = (change: keyof typeof marks) => documents.filter((one) => one.change === change).length;
  return [
    ...(programme.length > 0 ? [`~ programme ${code}`, ...programme.map(tellField)] : []),
    ...documents.flatMap((one) => [
      `${marks[one.change]} ${one.name}${one.change === 'changed' ? '' : ` (${one.change})`}`,
      ...one.fields.map(tellField),
    ]),
    '',
    `${count('added')} to add, ${count('changed')} to change, ${count('retired')} to retire; ${same}.`,
  ];
}

function tellField({ at, old, new: now }: FieldChange): string {
  if (old === undefined) return `    + ${at}: ${tellValue(now)}`;
  if (now === undefined) return `    - ${at}: ${tellValue(old)}`;
  return `    ~ ${at}: ${tellValue(old)} -> ${tellValue(now)}`;
}

const tellValue = (value: unknown): string => JSON.stringify(value);
