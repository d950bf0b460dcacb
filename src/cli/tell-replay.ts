import type { Programme } from '../network/programmes.ts';
import type { ReplayResult } from '../replay/replay.ts';
import type { Compared, NotCounted } from '../replay/result.ts';
import type { RuleDocument } from '../rules/document.ts';

const headings = { rule: 'rule', tier: 'tier', area: 'area', product: 'product', day: 'day' } as const;
/** Longer lists are cut where most is at stake; `--json` has all of it. */
const rowsMax = 15;

/** What came out of a replay, for people: what it costs, for whom, and when the budget ends. */
export function tellReplay(
  { name }: Programme,
  documents: readonly RuleDocument[],
  result: ReplayResult,
): string[] {
  const { firstDay, lastDay, activities, versions, seconds, participants, exhausted } = result;
  const what =
    documents.length === 0 ? "today's rules" : `with ${documents.map(({ code }) => code).join(', ')}`;
  return [
    `${name}, ${firstDay} to ${lastDay}, ${what}: ${activities} activities (${versions} versions) in ${seconds.toFixed(1)} s.`,
    'Nothing was posted.',
    '',
    ...tableOf('in all', result.totals),
    ...Object.entries(headings).flatMap(([by, heading]) => [
      '',
      ...tableOf(`by ${heading}`, largest(result.by[by as keyof typeof headings])),
    ]),
    '',
    `${participants.winners} people would have got more, ${participants.losers} less, ${participants.unchanged} the same.`,
    ...[...participants.most, ...participants.least].map(
      ({ code, personName, asset, live, proposed }) =>
        `  ${personName} (${code}): ${signed(proposed - live)} ${asset}, ${live} before`,
    ),
    ...exhausted.map(
      ({ rule, period, day }) => `The limit of ${rule} (${period}) would have been used up on ${day}.`,
    ),
    ...tellTiers(result.tiers),
    ...result.notCounted.map(({ what, codes }) => `${notCounted[what]}: ${codes.join(', ')}.`),
  ];
}

const notCounted: Record<NotCounted['what'], string> = {
  grants: 'Certificates, entries in draws and messages are not counted',
  bonuses: 'Bonuses by volume are not counted: no rule pays them',
  targets: 'Nobody has set targets for these goals, so they pay nothing',
  tiers: 'What these rules would pay at the other tiers is not counted',
  facts:
    'These rules ask for a tier or segment that no live rule asks for; it is taken as it was when each activity was recorded',
};

function tellTiers(tiers: ReplayResult['tiers']): string[] {
  if (!tiers) return [];
  if (tiers.moves.length === 0) return [`Nobody would have another tier on ${tiers.day}.`];
  return [
    `On ${tiers.day} these people would have another tier:`,
    ...tiers.moves.map(({ live, proposed, participants }) => `  ${participants} ${proposed} and not ${live}`),
    ...tiers.named.map(
      ({ personName, code, partnerName, live, proposed }) =>
        `  ${personName} (${code}, ${partnerName}): ${proposed} and not ${live}`,
    ),
  ];
}

function tableOf(heading: string, rows: readonly Compared[]): string[] {
  const head = [heading, 'asset', 'today', 'proposed', 'difference'];
  const cells = rows.map(({ name, asset, live, proposed }) => [
    name || '-',
    asset,
    String(live),
    String(proposed),
    signed(proposed - live),
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]!.length)));
  return [head, ...cells].map((row) =>
    row
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
}

// Days keep their order; of the others those come first where the difference or the amount is largest.
function largest(rows: readonly Compared[]): Compared[] {
  if (rows.length <= rowsMax) return [...rows];
  const size = ({ live, proposed }: Compared) => Math.abs(Number(proposed - live)) * 1e9 + Number(proposed);
  const kept = new Set(rows.toSorted((a, b) => size(b) - size(a)).slice(0, rowsMax));
  return rows.filter((row) => kept.has(row));
}

function signed(units: bigint): string {
  return units > 0n ? `+${units}` : String(units);
}
