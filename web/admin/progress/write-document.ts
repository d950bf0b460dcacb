/** The fields of documents as people read them: what it is, whom and what it counts, what follows from it. */
const order = [
  'format kind code title for kinds products counters counts of condition tiers table from percent keep window every',
  'lasts endOf downgrade noticeDays mode en',
]
  .join(' ')
  .split(' ');
const widthMax = 76;

/** A document as text, its fields in the order in which they are read; what fits on a line stays on it. */
export function writeDocument(value: unknown, indent = ''): string {
  const short = JSON.stringify(sorted(value), null, 1).replaceAll(/\n\s*/g, ' ');
  if (indent !== '' && indent.length + short.length <= widthMax) return short;
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return `[\n${value.map((one) => inner + writeDocument(one, inner)).join(',\n')}\n${indent}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = entriesOf(value).map(
    ([name, one]) => `${inner}${JSON.stringify(name)}: ${writeDocument(one, inner)}`,
  );
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(entriesOf(value).map(([name, one]) => [name, sorted(one)]));
}

function entriesOf(value: object): [string, unknown][] {
  const placeOf = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(value).toSorted(([a], [b]) => placeOf(a) - placeOf(b));
}
