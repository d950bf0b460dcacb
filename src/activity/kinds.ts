import type { AttributeType, ProgrammeSettings } from '../network/programmes.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { Attributes, NewActivity } from './activity.ts';

/** Kinds that every programme knows without declaring them. */
export const usualKinds: readonly string[] = ['receipt', 'sale', 'order', 'delivery', 'visit', 'training'];

const textLengthMax = 500;

type Kinds = ProgrammeSettings['kinds'];

/**
 * Refuses an activity of a kind that the programme does not know, with an attribute that its kind does not have, or with a
 * value of another type; null when it fits. An attribute may be absent. Pure.
 */
export function refuseKind(
  { kind, attributes }: Pick<NewActivity, 'kind' | 'attributes'>,
  kinds: Kinds,
): Refused<'unknown-kind' | 'unknown-attribute' | 'wrong-attribute'> | null {
  if (!isKnownKind(kind, kinds))
    return refuse('unknown-kind', { kind, known: knownKinds(kinds!).join(', ') });
  if (attributes === undefined) return null;
  const declared = attributesOf(kind, kinds);
  for (const [attribute, value] of Object.entries(attributes)) {
    const wanted = declared[attribute];
    if (!wanted) {
      const known = Object.keys(declared).join(', ') || '–';
      return refuse('unknown-attribute', { kind, attribute, known });
    }
    if (!isOf(wanted, value)) return refuse('wrong-attribute', { attribute, wanted, value: String(value) });
  }
  return null;
}

/** True where nothing is declared: then any name will do. */
export function isKnownKind(kind: string, kinds: Kinds): boolean {
  if (!kinds || Object.hasOwn(kinds, kind) || usualKinds.includes(kind)) return true;
  return Object.keys(kinds).length === 0;
}

export function knownKinds(kinds: NonNullable<Kinds>): string[] {
  return [...new Set([...Object.keys(kinds), ...usualKinds])];
}

/** What is declared for a kind. */
export function attributesOf(kind: string, kinds: Kinds): Readonly<Record<string, AttributeType>> {
  return (kinds && Object.hasOwn(kinds, kind) && kinds[kind]!.attributes) || none;
}

const none: Readonly<Record<string, AttributeType>> = Object.freeze(Object.create(null));

/** Whether a value, as JSON has it, is one of the type; whole numbers are exact. */
export function isOf(type: AttributeType, value: Attributes[string] | undefined): boolean {
  switch (type) {
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return Number.isFinite(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string' && value.length <= textLengthMax && isStorable(value);
  }
}

/** PostgreSQL keeps neither a zero character nor half a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
