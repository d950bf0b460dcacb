/**
 * An array of plain values as PostgreSQL reads it, or null where one of them is not plain (an array, an object): that is
 * left to the driver. The driver's own way asks each value what it is several times over, and batches are arrays of
 * thousands. Format: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function arrayLiteral(values: readonly unknown[]): string | null {
  const parts: string[] = [];
  for (const value of values) {
    const part = literalOf(value);
    if (part === null) return null;
    parts.push(part);
  }
  return `{${parts.join(',')}}`;
}

function literalOf(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'null';
    default:
      if (value === null) return 'null';
      if (value instanceof Date) return quote(value.toISOString());
      return Buffer.isBuffer(value) ? quote(`\\x${value.toString('hex')}`) : null;
  }
}

function quote(text: string): string {
  const hasSpecial = text.includes('"') || text.includes('\\');
  return `"${hasSpecial ? text.replaceAll(/["\\]/g, '\\$&') : text}"`;
}
