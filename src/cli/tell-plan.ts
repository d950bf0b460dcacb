import type { FieldChange } from '../programme/compare.ts';
import { isEmptyPlan, type Plan } from '../programme/plan.ts';

const marks = { added: '+', changed: '~', retired: '-' } as const;

/** A plan as lines to read: what comes, what changes field by field, what ends, and how much stays. */
export function tellPlan(code: string, plan: Plan): string[] {
  const { programme, rules, unchanged } = plan;
  const same = `${unchanged} ${unchanged === 1 ? 'rule stays' : 'rules stay'} as they are`.replace(
    'rule stays as they are',
    'rule stays as it is',
  );
  if (isEmptyPlan(plan)) return [`${code}: nothing changes; ${same}.`];
  const count = (change: keyof typeof marks) => rules.filter((one) => one.change === change).length;
  return [
    ...(programme.length > 0 ? [`~ programme ${code}`, ...programme.map(tellField)] : []),
    ...rules.flatMap((one) => [
      `${marks[one.change]} rule ${one.code}${one.change === 'changed' ? '' : ` (${one.change})`}`,
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
