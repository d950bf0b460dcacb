export type TargetRow = { owner: string; startsOn: string; value: number; reason: string };
export type ReadTargets = { rows: TargetRow[]; wrong: number[] };

/**
 * Reads rows of a table as people paste or save it: code, first day, value, reason, between tabs, semicolons or commas.
 * `decimals` of a value's digits stand after the mark. A first row without a number is a heading. Rows that cannot be
 * read are told by their number, from 1.
 */
export function readTargets(text: string, decimals: number): ReadTargets {
  const rows: TargetRow[] = [];
  const wrong: number[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const row = readRow(line, decimals);
    if (row) rows.push(row);
    else if (i > 0 || /\d/.test(line)) wrong.push(i + 1);
  }
  return { rows, wrong };
}

function readRow(line: string, decimals: number): TargetRow | null {
  const mark = line.includes('\t') ? '\t' : line.includes(';') ? ';' : ',';
  const [owner = '', startsOn = '', given = '', ...rest] = line.split(mark).map((cell) => cell.trim());
  const reason = rest.join(mark === '\t' ? ' ' : `${mark} `).replace(/^"(.*)"$/, '$1');
  const value = minorOf(given, decimals);
  if (owner === '' || !/^\d{4}-\d\d-\d\d$/.test(startsOn) || value === null || reason === '') return null;
  return { owner, startsOn, value, reason };
}

function minorOf(text: string, decimals: number): number | null {
  const match = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > decimals) return null;
  const value = Number(match[1] + fraction.padEnd(decimals, '0'));
  return value > 0 ? value : null;
}
