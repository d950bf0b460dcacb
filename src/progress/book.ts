import type { Tx } from '../db/transact.ts';
import type { CompiledRule } from '../rules/compile.ts';
import { liveRules } from '../rules/read-rules.ts';
import type { RuleBook } from '../rules/select.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { bindCounters, counterIdOf, type Counted, type CounterBook, type CounterId } from './counter.ts';
import { countedByDiscount } from './discount.ts';
import type { DiscountDocument, ProgressDocument, SegmentDocument } from './document.ts';
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
  /** The segments that rules ask for, for the same reason. */
  segmentsAsked: readonly string[];
};

/** What a programme follows. Kept as long as its rules and documents are the same. */
export async function followedBy(tx: Tx, programme: ProgrammeId): Promise<Followed> {
  const [rules, documents] = await Promise.all([liveRules(tx, programme), documentsFollowed(tx, programme)]);
  const known = kept.get(rules);
  if (known?.documents === documents) return known.followed;
  const followed = follow(programme, rules, documents);
  kept.set(rules, { documents, followed });
  return followed;
}

/** A programme's tiers, discounts and segments: the same list as long as nothing was saved. */
export async function documentsFollowed(tx: Tx, programme: ProgrammeId): Promise<readonly StoredDocument[]> {
  const [row] = await tx.query<{ fingerprint: string | null }>(
    `select string_agg(concat_ws(' ', d.kind, d.code, d.version, encode(d.digest, 'hex'), d.effective_from), ','
       order by d.kind, d.code, d.version) as fingerprint
     from progress_document d where d.tenant = $1 and d.programme = $2`,
    [tx.tenant, programme],
    { name: 'progress-fingerprint' },
  );
  const fingerprint = row!.fingerprint ?? '';
  const name = `${tx.tenant} ${programme}`;
  const known = keptDocuments.get(name);
  keptDocuments.delete(name);
  const documents =
    known?.fingerprint === fingerprint
      ? known.documents
      : fingerprint === ''
        ? none
        : await documentsOf(tx, programme);
  keptDocuments.set(name, { fingerprint, documents });
  if (keptDocuments.size > programmesMax) keptDocuments.delete(keptDocuments.keys().next().value!);
  return documents;
}

/** The versions of one kind among documents. */
export function ofKind<Kind extends ProgressDocument['kind']>(
  documents: readonly StoredDocument[],
  kind: Kind,
): StoredDocument<Extract<ProgressDocument, { kind: Kind }>>[] {
  return documents.filter(({ document }) => document.kind === kind) as never;
}

const none: readonly StoredDocument[] = [];
/** Programmes whose documents are kept in memory; the least recently used one leaves first. */
const programmesMax = 100;
const keptDocuments = new Map<string, { fingerprint: string; documents: readonly StoredDocument[] }>();
const kept = new WeakMap<RuleBook, { documents: readonly StoredDocument[]; followed: Followed }>();

function follow(programme: ProgrammeId, rules: RuleBook, documents: readonly StoredDocument[]): Followed {
  const goals = goalsOf(rules);
  const goalsByCounter = new Map<CounterId, GoalVersions[]>();
  for (const goal of goals) {
    const pairs = goal.versions.map((rule) => countersOf(programme, rule));
    const ids = new Set(pairs.flatMap(({ part, whole }) => (whole === null ? [part] : [part, whole])));
    for (const id of ids) goalsByCounter.set(id, [...(goalsByCounter.get(id) ?? []), goal]);
  }
  const [tiers, discounts, segments] = [
    ofKind(documents, 'tiers'),
    ofKind(documents, 'discount'),
    ofKind(documents, 'segment'),
  ];
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
    segmentsAsked: segmentsAskedBy(rules, segments),
    rulesAskTier: rules.rules.some(asksTier),
  };
}

/** True for a rule that may judge otherwise with another tier. */
export function asksTier({ scopeSets, document }: CompiledRule): boolean {
  return scopeSets.tiers !== null || JSON.stringify(document).includes('participant.tier');
}

/** True for a rule that may ask for any segment: what an expression does with somebody's segments is not looked into. */
export function asksAnySegment({ document }: CompiledRule): boolean {
  return JSON.stringify(document).includes('participant.segments');
}

function segmentsAskedBy({ rules }: RuleBook, segments: Followed['segments']): string[] {
  const isAnyAsked = rules.some(asksAnySegment);
  const codes = new Set(segments.map(({ document }) => document.code));
  return [...codes].filter(
    (code) => isAnyAsked || rules.some(({ scopeSets }) => scopeSets.segments?.set.has(code)),
  );
}
