import type { CompiledRule } from '../rules/compile.ts';
import { eligibleLines, viewOf, type ViewLine } from '../rules/evaluate-scope.ts';
import { awardsOf, type Award, type Evaluation, type Subject } from '../rules/evaluation.ts';
import type { RuleBook } from '../rules/select.ts';
import type { RuleId } from '../shared/id.ts';

/** What two sets of rules would have awarded: today's and the proposed ones. */
export type World = 'live' | 'proposed';
export const worlds = ['live', 'proposed'] as const;

/** By what costs are told. `product`: SKUs; an award is spread over the lines that count for it, by their amounts. */
export const groupings = ['day', 'area', 'tier', 'product', 'rule'] as const;
export type Grouping = (typeof groupings)[number];

/** Units of one asset. */
export type Sums = Record<World, bigint>;

/** Sums of awards; `groups` by grouping, then by name and asset, `participants` by id and asset. */
export type Tally = {
  /** Activities that count in the end. */
  activities: number;
  totals: Map<string, Sums>;
  groups: Record<Grouping, Map<string, Sums>>;
  participants: Map<string, Sums>;
};

/** What one version of an activity adds to a tally, so that a later version can take it out again. */
export type Contribution = {
  world: World | 'both';
  key: string;
  grouping: Grouping | 'total' | 'participant';
  units: bigint;
}[];

export function emptyTally(): Tally {
  const groups = Object.fromEntries(groupings.map((name) => [name, new Map()])) as Tally['groups'];
  return { activities: 0, totals: new Map(), groups, participants: new Map() };
}

/** A name and an asset as one key; neither holds a zero character. */
export const keyOf = (name: string, asset: string): string => `${name}\0${asset}`;
export const partsOf = (key: string): [name: string, asset: string] => {
  const at = key.lastIndexOf('\0');
  return [key.slice(0, at), key.slice(at + 1)];
};

/** What the awards of an evaluation add. Pure. */
export function contributionOf(
  world: World | 'both',
  book: RuleBook,
  subject: Subject,
  evaluation: Evaluation,
): Contribution {
  const awards = awardsOf(evaluation);
  if (awards.length === 0) return [];
  const { activity, facts } = subject;
  const view = viewOf(subject);
  const contribution: Contribution = [];
  for (const award of awards) {
    const { asset, units, code } = award;
    const add = (grouping: Contribution[number]['grouping'], name: string, some = units) =>
      contribution.push({
        world,
        grouping,
        key: grouping === 'total' ? asset : keyOf(name, asset),
        units: some,
      });
    add('total', asset);
    add('day', view.wall.day);
    add('area', facts.outlet?.areas[0] ?? '');
    add('tier', facts.participant.tier ?? '');
    add('rule', code);
    add('participant', activity.participant);
    const rule = rulesById(book)
      .get(award.rule)
      ?.find(({ version }) => version === award.version);
    for (const [sku, part] of spread(award, rule, view.lines)) add('product', sku, part);
  }
  return contribution;
}

const indexes = new WeakMap<RuleBook, Map<RuleId, CompiledRule[]>>();

/** The versions of each rule of a book. */
export function rulesById(book: RuleBook): Map<RuleId, CompiledRule[]> {
  let index = indexes.get(book);
  if (!index) indexes.set(book, (index = Map.groupBy(book.rules, ({ id }) => id)));
  return index;
}

/** Adds a contribution, or takes it out again. */
export function addContribution(tally: Tally, contribution: Contribution, sign: 1n | -1n): void {
  for (const { world, grouping, key, units } of contribution) {
    const sums =
      grouping === 'total'
        ? tally.totals
        : grouping === 'participant'
          ? tally.participants
          : tally.groups[grouping];
    let at = sums.get(key);
    if (!at) sums.set(key, (at = { live: 0n, proposed: 0n }));
    if (world !== 'proposed') at.live += sign * units;
    if (world !== 'live') at.proposed += sign * units;
  }
}

/** Adds what another part of the history came to. */
export function mergeTally(into: Tally, part: Tally): void {
  into.activities += part.activities;
  const pairs = [
    [into.totals, part.totals],
    [into.participants, part.participants],
    ...groupings.map((name) => [into.groups[name], part.groups[name]] as const),
  ] as const;
  for (const [sums, more] of pairs)
    for (const [key, { live, proposed }] of more) {
      const at = sums.get(key);
      sums.set(key, { live: (at?.live ?? 0n) + live, proposed: (at?.proposed ?? 0n) + proposed });
    }
}

// In proportion to what was paid; the last line takes what rounding left over.
function spread(
  { units }: Award,
  rule: CompiledRule | undefined,
  lines: readonly ViewLine[],
): [sku: string, units: bigint][] {
  const counting = (rule ? eligibleLines(rule, lines) : lines).filter(({ line }) => line.amountMinor > 0n);
  const total = counting.reduce((sum, { line }) => sum + line.amountMinor, 0n);
  if (total === 0n) return [['', units]];
  let left = units;
  return counting.map(({ line }, index) => {
    const part = index === counting.length - 1 ? left : (units * line.amountMinor) / total;
    left -= part;
    return [line.sku ?? '', part];
  });
}
