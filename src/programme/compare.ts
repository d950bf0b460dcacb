/** One field that differs: its path, and what it said and says. Undefined: the field was or is not there. */
export type FieldChange = { at: string; old: unknown; new: unknown };

/**
 * What differs between two JSON values, field by field, in the order in which the fields stand. Lists of plain values are
 * compared as a whole, lists of objects by their places. Pure; nothing for equal values, whatever the order of fields.
 */
export function compareFields(before: unknown, after: unknown, at = ''): FieldChange[] {
  const [old, now] = [partsOf(before), partsOf(after)];
  if (!old || !now || Array.isArray(before) !== Array.isArray(after))
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ at, old: before, new: after }];
  const names = [...new Set([...Object.keys(now), ...Object.keys(old)])];
  return names.flatMap((name) =>
    compareFields(
      old[name],
      now[name],
      Array.isArray(after) ? `${at}[${name}]` : at ? `${at}.${name}` : name,
    ),
  );
}

// The fields of an object, the places of a list of objects; null for what is compared as a whole.
function partsOf(value: unknown): Record<string, unknown> | null {
  if (value === null || typeof value !== 'object') return null;
  if (Array.isArray(value) && !value.some((item) => item !== null && typeof item === 'object')) return null;
  return value as Record<string, unknown>;
}
