import type { CompiledRule } from '../rules/compile.ts';
import { eligibleLines, type View, type ViewLine } from '../rules/evaluate-scope.ts';
import { awardsOf, type Award, type Evaluation } from '../rules/evaluation.ts';
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

/** What was awarded of one asset: in all, by each grouping, and by whose it is. */
type Awarded = { total: Sums; groups: Record<Grouping, Map<string, Sums>>; owners: Map<string, Sums> };

/** Sums of awards, by asset. */
export type Tally = {
  /** Activities that count in the end. */
  activities: number;
  assets: Map<string, Awarded>;
};

/** What an award adds to a tally, so that a later version can take it out again. */
export type Contribution = {
  world: World | 'both';
  asset: string;
  units: bigint;
  owner: string;
  groups: Record<Exclude<Grouping, 'product'>, string>;
  products: readonly (readonly [sku: string, units: bigint])[];
};

export function emptyTally(): Tally {
  return { activities: 0, assets: new Map() };
}

/** What the awards of an evaluation add. Pure. */
export function contributionsOf(
  world: World | 'both',
  book: RuleBook,
  { activity, facts, wall, lines }: View,
  evaluation: Evaluation,
): Contribution[] {
  return awardsOf(evaluation).map((award): Contribution => {
    const { asset, units, code, to = activity.participant } = award;
    const area = facts.outlet?.areas[0] ?? '';
    const groups = { day: wall.day, area, tier: facts.participant.tier ?? '', rule: code };
    const products = spread(award, ruleOf(book, award), lines);
    return { world, asset, units, owner: to, groups, products };
  });
}

const indexes = new WeakMap<RuleBook, Map<RuleId, CompiledRule[]>>();

/** The versions of each rule of a book. */
export function rulesById(book: RuleBook): Map<RuleId, CompiledRule[]> {
  let index = indexes.get(book);
  if (!index) indexes.set(book, (index = Map.groupBy(book.rules, ({ id }) => id)));
  return index;
}

/** Adds what an award adds, or takes it out again. */
export function addContribution(tally: Tally, one: Contribution, sign: 1n | -1n): void {
  const { world, asset, units, owner, groups, products } = one;
  let awarded = tally.assets.get(asset);
  if (!awarded) tally.assets.set(asset, (awarded = nothingAwarded()));
  const signed = sign * units;
  add(awarded.total, world, signed);
  add(at(awarded.owners, owner), world, signed);
  add(at(awarded.groups.day, groups.day), world, signed);
  add(at(awarded.groups.area, groups.area), world, signed);
  add(at(awarded.groups.tier, groups.tier), world, signed);
  add(at(awarded.groups.rule, groups.rule), world, signed);
  for (const [sku, part] of products) add(at(awarded.groups.product, sku), world, sign * part);
}

/** Adds what another part of the history came to. */
export function mergeTally(into: Tally, part: Tally): void {
  into.activities += part.activities;
  for (const [asset, more] of part.assets) {
    let awarded = into.assets.get(asset);
    if (!awarded) into.assets.set(asset, (awarded = nothingAwarded()));
    merge(awarded.total, more.total);
    for (const [owner, sums] of more.owners) merge(at(awarded.owners, owner), sums);
    for (const by of groupings)
      for (const [name, sums] of more.groups[by]) merge(at(awarded.groups[by], name), sums);
  }
}

function nothingAwarded(): Awarded {
  const groups = Object.fromEntries(groupings.map((name) => [name, new Map()])) as Awarded['groups'];
  return { total: { live: 0n, proposed: 0n }, groups, owners: new Map() };
}

function at(sums: Map<string, Sums>, name: string): Sums {
  let found = sums.get(name);
  if (!found) sums.set(name, (found = { live: 0n, proposed: 0n }));
  return found;
}

function add(sums: Sums, world: World | 'both', units: bigint): void {
  if (world !== 'proposed') sums.live += units;
  if (world !== 'live') sums.proposed += units;
}

function merge(sums: Sums, { live, proposed }: Sums): void {
  sums.live += live;
  sums.proposed += proposed;
}

function ruleOf(book: RuleBook, { rule, version }: Award): CompiledRule | undefined {
  return rulesById(book)
    .get(rule)
    ?.find((one) => one.version === version);
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
