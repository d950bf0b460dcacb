/** A row of a table in text form, with the line on which it begins, from 1. */
export type CsvRow = { line: number; cells: string[] };

/**
 * Reads comma-separated values (RFC 4180) with `,`, `;` or a tab between cells, whichever the first line has most of; cells
 * in double quotes may hold marks and line breaks. Blanks around a cell, a byte order mark and empty lines are left
 * out. Never throws: a quote that is not closed ends with the text.
 */
export function parseCsv(text: string): CsvRow[] {
  const plain = text.replace(/^\uFEFF/, '');
  const head = plain.slice(0, plain.search(/\r?\n|$/));
  const mark = [',', ';', '\t'].toSorted((a, b) => head.split(b).length - head.split(a).length)[0]!;
  const rows: CsvRow[] = [];
  let row: CsvRow = { line: 1, cells: [] };
  let [cell, line, quoted, wasQuoted] = ['', 1, false, false];
  const endCell = () => {
    row.cells.push(wasQuoted ? cell : cell.trim());
    [cell, wasQuoted] = ['', false];
  };
  const endRow = () => {
    endCell();
    if (row.cells.some((each) => each !== '')) rows.push(row);
    row = { line, cells: [] };
  };
  for (let i = 0; i < plain.length; i++) {
    const letter = plain[i]!;
    if (letter === '\n') line += 1;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (plain[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (letter === '"' && cell.trim() === '') [cell, quoted, wasQuoted] = ['', true, true];
    else if (letter === mark) endCell();
    else if (letter === '\n') endRow();
    else if (!wasQuoted || letter.trim() !== '') cell += letter;
  }
  endRow();
  return rows;
}
