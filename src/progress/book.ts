import type { Tx } from '../db/transact.ts';
import { liveRules } from '../rules/read-rules.ts';
import type { RuleBook } from '../rules/select.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { bindCounters, counterIdOf, type Counted, type CounterBook, type CounterId } from './counter.ts';
import { countedByDiscount } from './discount.ts';
import type { DiscountDocument, ProgrammeDocument, SegmentDocument } from './document.ts';
import { documentsOf, type StoredDocument } from './documents.ts';
import { countedBy, countersOf, goalsOf, type GoalVersions } from './goal.ts';
import { countedBySegment } from './segment.ts';
import { countedByTiers, type TierVersions } from './tiers.ts';

/** Everything in a programme that follows what adds up: its counters, and who asks for them. */
export type Followed = {
  rules: RuleBook;
  counters: CounterBook;
  goals: readonly GoalVersions[];
  goalsByCounter: ReadonlyMap<CounterId, readonly GoalVersions[]>;
  tiers: TierVersions;
  tierCounters: ReadonlySet<CounterId>;
  segmentCounters: ReadonlySet<CounterId>;
  discounts: readonly StoredDocument<DiscountDocument>[];
  segments: readonly StoredDocument<SegmentDocument>[];
  /** True when a rule asks for somebody's tier, so that what was judged with another one is judged again. */
  rulesAskTier: boolean;
};

/** What a programme follows. Kept as long as its rules and documents are the same. */
export async function followedBy(tx: Tx, programme: ProgrammeId): Promise<Followed> {
  const rules = await liveRules(tx, programme);
  const [row] = await tx.query<{ fingerprint: string | null }>(
    `select string_agg(concat_ws(' ', d.kind, d.code, d.version, encode(d.digest, 'hex'), d.effective_from), ','
       order by d.kind, d.code, d.version) as fingerprint
     from programme_document d where d.tenant = $1 and d.programme = $2`,
    [tx.tenant, programme],
  );
  const fingerprint = row!.fingerprint ?? '';
  const known = kept.get(rules);
  if (known?.fingerprint === fingerprint) return known.followed;
  const followed = follow(programme, rules, fingerprint === '' ? [] : await documentsOf(tx, programme));
  kept.set(rules, { fingerprint, followed });
  return followed;
}

const kept = new WeakMap<RuleBook, { fingerprint: string; followed: Followed }>();

function follow(programme: ProgrammeId, rules: RuleBook, documents: readonly StoredDocument[]): Followed {
  const goals = goalsOf(rules);
  const goalsByCounter = new Map<CounterId, GoalVersions[]>();
  for (const goal of goals) {
    const pairs = goal.versions.map((rule) => countersOf(programme, rule));
    const ids = new Set(pairs.flatMap(({ part, whole }) => (whole === null ? [part] : [part, whole])));
    for (const id of ids) goalsByCounter.set(id, [...(goalsByCounter.get(id) ?? []), goal]);
  }
  const of = <Kind extends ProgrammeDocument['kind']>(kind: Kind) =>
    documents.filter(({ document }) => document.kind === kind) as StoredDocument<
      Extract<ProgrammeDocument, { kind: Kind }>
    >[];
  const [tiers, discounts, segments] = [of('tiers'), of('discount'), of('segment')];
  const countedForTiers = tiers.map(({ document }) => countedByTiers(document));
  const countedForSegments = segments.flatMap(({ document }) => [...countedBySegment(document).values()]);
  const idsOf = (all: readonly Counted[]) => new Set(all.map((counted) => counterIdOf(programme, counted)));
  const wanted = [
    ...goals.flatMap(({ versions }) => versions.flatMap(countedBy)),
    ...countedForTiers,
    ...discounts.map(({ document }) => countedByDiscount(document)),
    ...countedForSegments,
  ];
  return {
    rules,
    counters: bindCounters(programme, wanted),
    goals,
    goalsByCounter,
    tiers,
    tierCounters: idsOf(countedForTiers),
    segmentCounters: idsOf(countedForSegments),
    discounts,
    segments,
    rulesAskTier: rules.rules.some(
      ({ scopeSets, document }) =>
        scopeSets.tiers !== null || JSON.stringify(document).includes('participant.tier'),
    ),
  };
}
