import type { BenchDocument, Figures } from './document.ts';

/** The document as Markdown that is readable as it is: goals first, then what else was measured, then how large it all was. */
export function tableOf({ bench, quick, ratios, figures, goals, sizes, machine }: BenchDocument): string[] {
  const flat = { ...ratios, ...flatten(figures) };
  const rest = Object.entries(flat).filter(([name]) => !(name in goals));
  const { cpu, cores, memoryGb, node, postgres, loadBefore } = machine;
  return [
    `mitra bench ${bench}${quick ? ' --quick, at the small sizes told below' : ''}: ${cores} cores (${cpu}), ${memoryGb} GB, ` +
      `Node ${node}, PostgreSQL ${postgres}, load before ${loadBefore}`,
    '',
    ...columns([
      ['', 'measured', 'goal', ''],
      ...Object.entries(goals).map(([name, goal]) => [
        `${goal.what} (${name})`,
        show(flat[name]),
        'atLeast' in goal ? `at least ${show(goal.atLeast)}` : `at most ${show(goal.atMost)}`,
        goal.met === null ? 'unknown' : goal.met ? 'met' : 'MISSED',
      ]),
    ]),
    '',
    ...columns([['also', 'measured'], ...rest.map(([name, value]) => [name, show(value)])]),
    '',
    ...columns([['sizes', ''], ...Object.entries(sizes).map(([name, size]) => [name, show(size)])]),
  ];
}

function flatten(figures: Figures, before = ''): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) =>
      value !== null && typeof value === 'object'
        ? Object.entries(flatten(value, `${before}${name}.`))
        : [[`${before}${name}`, value]],
    ),
  );
}

function show(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  return value >= 10_000 ? Math.round(value).toLocaleString('en-US').replaceAll(',', ' ') : String(value);
}

/** The second column holds numbers. */
function columns([head, ...rows]: string[][]): string[] {
  const widths = head!.map((_, at) => Math.max(...[head!, ...rows].map((row) => row[at]!.length)));
  const line = (row: string[]) =>
    `| ${row.map((cell, at) => (at === 1 ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 1 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(head!), rule, ...rows.map(line)];
}
