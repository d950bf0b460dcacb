import type { Attributes } from '../activity/activity.ts';
import type { AttributeType } from '../network/programmes.ts';

/**
 * What expressions can speak about, by type: each field with its type. Amounts and quantities are whole numbers, as
 * everywhere. A field that is not known for an activity is absent, and a rule that asks for it is skipped.
 */
export const vocabulary = {
  Activity: {
    kind: 'string',
    currency: 'string',
    date: 'string',
    weekday: 'int',
    hour: 'int',
    totalMinor: 'int',
    lines: 'list<Line>',
    attributes: 'Attributes',
  },
  /** Which there are, the rule says (`scope.attributes`); none of them is certain. */
  Attributes: {},
  Participant: { kind: 'string', tier: 'string', segments: 'list<string>' },
  Outlet: { code: 'string', channel: 'string', area: 'string', areas: 'list<string>' },
  Eligible: { lines: 'list<Line>', count: 'int', quantityMilli: 'int', amountMinor: 'int' },
  Line: {
    text: 'string',
    sku: 'string',
    category: 'string',
    isFocus: 'bool',
    quantityMilli: 'int',
    amountMinor: 'int',
  },
} as const;

/** The variables of expressions and their types. `line` exists in formulas for each line only. */
export const variables = {
  activity: 'Activity',
  participant: 'Participant',
  outlet: 'Outlet',
  eligible: 'Eligible',
  line: 'Line',
} as const;

/**
 * A whole number of an expression: a number wherever that is exact and a bigint beyond, never a bigint that a number
 * could say. So the two compare by `===`, and almost all arithmetic is that of numbers.
 */
export type Int = number | bigint;

/** Of people and shops not everything is known; of an activity it is. */
export const uncertainTypes = ['Participant', 'Outlet', 'Attributes'] as const;

/** The attributes of activities that a rule reads, each with its type. */
export type AttributeTypes = Readonly<Record<string, AttributeType>>;

type TypeName = keyof typeof vocabulary;
type ValueOf<Type> = Type extends 'string'
  ? string
  : Type extends 'int'
    ? Int
    : Type extends 'bool'
      ? boolean
      : Type extends 'list<string>'
        ? readonly string[]
        : Type extends 'Attributes'
          ? Attributes
          : readonly LineValue[];
type Fields<Name extends TypeName> = {
  readonly [Field in keyof (typeof vocabulary)[Name]]:
    | ValueOf<(typeof vocabulary)[Name][Field]>
    | (Name extends (typeof uncertainTypes)[number] ? undefined : never);
};
export type LineValue = Fields<'Line'>;
export type EligibleValue = Fields<'Eligible'>;

/** The values an expression runs on. What is undefined is not known. */
export type Values = {
  readonly activity: Fields<'Activity'>;
  readonly participant: Fields<'Participant'>;
  readonly outlet?: Fields<'Outlet'> | undefined;
  readonly eligible: EligibleValue;
  readonly line?: LineValue;
};

/** True for a field that values of the type have. */
export function hasField(type: string, field: string): boolean {
  return Object.hasOwn(vocabulary, type) && Object.hasOwn(vocabulary[type as TypeName], field);
}

export function toInt(value: bigint): Int {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
