import type { Tx } from '../db/transact.ts';
import { outletsByIds } from '../network/outlets.ts';
import { participantsByIds } from '../network/participants.ts';
import { partnersByIds } from '../network/partners.ts';
import type { CompiledRule } from '../rules/compile.ts';
import type { Id, OutletId, ParticipantId, PartnerId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import { asksAnySegment, asksTier, documentsFollowed, ofKind } from '../progress/book.ts';
import type { GoalFrame } from './goals.ts';
import type { Books } from './books.ts';
import type { Exhausted } from './merge.ts';
import { groupings, type Grouping, type Sums, type Tally } from './tally.ts';
import type { TierResult } from './tiers.ts';

/** Units that today's and the proposed rules award. */
export type Compared = { name: string; asset: string } & Sums;

/** What somebody would get more or less: a person, or an outlet or partner with a goal of its own. */
export type Change = {
  participant: Id<string>;
  kind: 'participant' | 'outlet' | 'partner';
  code: string;
  personName: string;
  asset: string;
} & Sums;

/**
 * What a replay cannot tell: certificates, draws and messages; bonuses by volume, which no rule pays; goals whose targets
 * nobody has set; what rules that ask for a tier would pay those who would have another one; and rules that ask for a tier
 * or a segment that no live rule asks for, which is known only as it was when each activity was recorded, without what
 * turned out later. `codes` of rules or documents.
 */
export type NotCounted = { what: (typeof notCountedWhats)[number]; codes: string[] };
export const notCountedWhats = ['grants', 'bonuses', 'targets', 'tiers', 'facts'] as const;

/** What came out, but for how long it took. */
export type Told = {
  /** Activities that count in the end. */
  activities: number;
  totals: Compared[];
  by: Record<Grouping, Compared[]>;
  participants: { winners: number; losers: number; unchanged: number; most: Change[]; least: Change[] };
  /** Null where no tier is reached by what rules award. */
  tiers: TierResult | null;
  /** When a limit that participants share was used up under the proposed rules; `period` as the limit counts. */
  exhausted: { rule: string; period: string; day: Day }[];
  notCounted: NotCounted[];
};

/** Those who gain or lose most are named; of the others it is said how many there are. */
const namedMax = 10;

/** Says what came out with the names of people and rules. */
export async function tellResult(
  tx: Tx,
  books: Books,
  came: { tally: Tally; exhausted: readonly Exhausted[]; tiers: TierResult | null },
  targets: GoalFrame['targets'],
): Promise<Told> {
  const { tally, exhausted, tiers } = came;
  const codes = new Map(books.proposed.rules.map(({ id, document }) => [id as string, document.code]));
  const assets = [...tally.assets].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const groups = groupings.map((by) => {
    const rows = assets.flatMap(([asset, awarded]) =>
      [...awarded.groups[by]].map(([name, sums]) => ({ name, asset, ...sums })),
    );
    return [by, compared(rows)] as const;
  });
  return {
    activities: tally.activities,
    totals: assets.map(([asset, { total }]) => ({ name: '', asset, ...total })),
    by: Object.fromEntries(groups) as Told['by'],
    participants: await tellOwners(tx, tally),
    tiers,
    exhausted: exhausted
      .filter(({ world }) => world === 'proposed')
      .map(({ name, day }) => {
        // As `usageName` writes it: rule, subject, asset, period.
        const [rule = '', , , ...period] = name.split(' ');
        return { rule: codes.get(rule) ?? rule, period: period.join(' '), day };
      })
      .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
    notCounted: await tellNotCounted(tx, books, tiers, targets),
  };
}

// A part of the awards that nobody has is left out.
function compared(rows: readonly Compared[]): Compared[] {
  return rows
    .filter(({ live, proposed }) => live !== 0n || proposed !== 0n)
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.asset < b.asset ? -1 : 1));
}

async function tellOwners(tx: Tx, tally: Tally): Promise<Told['participants']> {
  const changes: ({ owner: string; asset: string; difference: bigint } & Sums)[] = [];
  const people = new Map<string, number>();
  for (const [asset, { owners }] of tally.assets)
    for (const [owner, { live, proposed }] of owners) {
      const difference = proposed - live;
      const sign = difference > 0n ? 1 : difference < 0n ? -1 : 0;
      people.set(owner, (people.get(owner) ?? 0) + sign);
      if (difference !== 0n) changes.push({ owner, asset, live, proposed, difference });
    }
  changes.sort((a, b) =>
    a.difference === b.difference ? (a.owner < b.owner ? -1 : 1) : a.difference > b.difference ? -1 : 1,
  );
  const most = changes.filter(({ difference }) => difference > 0n).slice(0, namedMax);
  const least = changes
    .filter(({ difference }) => difference < 0n)
    .slice(-namedMax)
    .toReversed();
  const nameOf = await namesOf(
    tx,
    [...most, ...least].map(({ owner }) => owner),
  );
  const told = ({ owner, asset, live, proposed }: (typeof changes)[number]): Change => ({
    participant: owner as Id<string>,
    ...nameOf(owner),
    asset,
    live,
    proposed,
  });
  const signs = [...people.values()];
  return {
    winners: signs.filter((sign) => sign > 0).length,
    losers: signs.filter((sign) => sign < 0).length,
    unchanged: signs.filter((sign) => sign === 0).length,
    most: most.map(told),
    least: least.map(told),
  };
}

async function namesOf(
  tx: Tx,
  ids: readonly string[],
): Promise<(id: string) => Pick<Change, 'kind' | 'code' | 'personName'>> {
  const named = [
    ...(await participantsByIds(tx, ids as ParticipantId[])).map((one) => [one, 'participant'] as const),
    ...(await outletsByIds(tx, ids as OutletId[])).map((one) => [one, 'outlet'] as const),
    ...(await partnersByIds(tx, ids as PartnerId[])).map((one) => [one, 'partner'] as const),
  ];
  const known = new Map(
    named.map(([{ id, code, name }, kind]) => [id as string, { kind, code, personName: name }]),
  );
  return (id) => known.get(id) ?? { kind: 'participant', code: '', personName: '' };
}

async function tellNotCounted(
  tx: Tx,
  { proposed: { rules }, live, changed, programme }: Books,
  tiers: TierResult | null,
  targets: GoalFrame['targets'],
): Promise<NotCounted[]> {
  const set = new Set([...targets.values()].flat().map(({ rule }) => rule));
  const codesOf = (some: readonly CompiledRule[]) => some.map(({ document }) => document.code);
  const discounts = ofKind(await documentsFollowed(tx, programme), 'discount');
  const found: Record<NotCounted['what'], string[]> = {
    grants: codesOf(rules.filter(({ effects }) => effects.some(({ kind }) => kind === 'grant'))),
    bonuses: discounts
      .filter(({ document }) => document.mode.kind === 'bonus')
      .map(({ document }) => document.code),
    targets: codesOf(rules.filter((rule) => needsTarget(rule) && !set.has(rule.id))),
    tiers: tiers && tiers.moves.length > 0 ? codesOf(rules.filter(asksTier)) : [],
    facts: codesOf(rules.filter((rule) => changed.rules.includes(rule) && asksAnew(rule, live.rules))),
  };
  return notCountedWhats.flatMap((what) => {
    const codes = [...new Set(found[what])].toSorted();
    return codes.length > 0 ? [{ what, codes }] : [];
  });
}

// What live rules ask for is brought up to date when it changes (src/flow/judge-again.ts).
function asksAnew(rule: CompiledRule, live: readonly CompiledRule[]): boolean {
  if (asksTier(rule) && !live.some(asksTier)) return true;
  if (live.some(asksAnySegment)) return false;
  const known = new Set(live.flatMap(({ scopeSets }) => [...(scopeSets.segments?.set ?? [])]));
  return asksAnySegment(rule) || [...(rule.scopeSets.segments?.set ?? [])].some((code) => !known.has(code));
}

function needsTarget({ document: { goal } }: CompiledRule): boolean {
  const target = goal?.target;
  return typeof target === 'object' && 'individual' in target && target.otherwise === undefined;
}
