import type { Tx } from '../db/transact.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { Payee } from '../rules/document-payee.ts';
import { proposedRules } from '../rules/propose.ts';
import { liveRules } from '../rules/read-rules.ts';
import { bindRules, type RuleBook } from '../rules/select.ts';
import type { CompiledRule } from '../rules/compile.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { documentsFollowed, ofKind } from '../progress/book.ts';
import { bindCounters, counterIdOf, type CounterBook, type CounterId } from '../progress/counter.ts';
import { countedBy, countersOf, goalsOf, type GoalVersions } from '../progress/goal.ts';
import { countedByTiers, type TierVersions } from '../progress/tiers.ts';
import { spansOf, type Spans } from './sums.ts';
import { worlds, type World } from './tally.ts';

/** Both sets of rules, and what follows from what adds up. */
export type Books = Record<World, RuleBook> & {
  /** The rules that the two do not share. */
  changed: RuleBook;
  /** Of those that they share, the ones with limits: where these were used up differently, they may judge differently. */
  limited: RuleBook;
  programme: ProgrammeId;
  goals: Record<World, GoalVersions[]>;
  /** What goals count. */
  counters: CounterBook;
  /** Tiers that are reached by what rules award: all that can be others under other rules. */
  tiers: TierVersions;
  /** What those tiers count. */
  status: CounterBook;
  /** How what is counted is kept for the end, when goals are judged; goals under limits are judged on the way. */
  spans: Spans;
  /** The counters of goals under limits: who comes first matters there. */
  sequenced: ReadonlySet<CounterId>;
  /** Whom rules pay instead of the participant. */
  payees: readonly Payee[];
  /** True when something is counted for the partners whose outlets these are, or somebody linked to them is paid. */
  asksPartners: boolean;
};

/** The live rules, and those with these documents in the place of the ones with the same codes, from the beginning on. */
export async function openBooks(
  tx: Tx,
  programme: ProgrammeId,
  documents: readonly RuleDocument[],
): Promise<Books> {
  const live = await liveRules(tx, programme);
  const codes = new Set(documents.map(({ code }) => code));
  const proposed = await proposedRules(tx, programme, documents);
  const [replaced, kept] = [true, false].map((isReplaced) =>
    live.rules.filter(({ document }) => codes.has(document.code) === isReplaced),
  ) as [CompiledRule[], CompiledRule[]];
  const books = {
    live,
    proposed: bindRules([...kept, ...proposed]),
    changed: bindRules([...replaced, ...proposed]),
    limited: bindRules(kept.filter(({ document }) => document.limits)),
  };
  const goals = { live: goalsOf(books.live), proposed: goalsOf(books.proposed) };
  const all = worlds.flatMap((world) => goals[world]);
  const tiers = ofKind(await documentsFollowed(tx, programme), 'tiers');
  const earning = tiers.filter(({ document }) => document.counts.of === 'earned');
  const status = bindCounters(
    programme,
    earning.map(({ document }) => countedByTiers(document)),
  );
  const daily: Spans = new Map(status.ids.map((id) => [id, [{ per: 'day', scope: { kinds: [] } }]]));
  const payees = worlds.flatMap((world) => books[world].payees);
  return {
    ...books,
    programme,
    goals,
    counters: bindCounters(
      programme,
      all.flatMap(({ versions }) => versions.flatMap(countedBy)),
    ),
    tiers: earning.length > 0 ? tiers : [],
    status,
    spans: new Map([
      ...spansOf(
        programme,
        all.filter((goal) => !isLimited(goal)),
      ),
      ...daily,
    ]),
    payees,
    asksPartners:
      payees.some(({ of }) => of === 'partner') ||
      all.some(({ versions }) => versions.some(({ document }) => document.goal.for === 'partner')),
    sequenced: new Set(
      all.filter(isLimited).flatMap(({ versions }) =>
        versions.flatMap((rule) => {
          const { part, whole } = countersOf(programme, rule);
          return whole === null ? [part] : [part, whole];
        }),
      ),
    ),
  };
}

/** True for goals of which not everybody may get all: what they pay depends on who reached them first. */
export function isLimited({ versions }: GoalVersions): boolean {
  return versions.some(({ document }) => (document.limits ?? []).length > 0);
}

/** The counter of a version of the tiers. */
export function tierCounterOf(programme: ProgrammeId, { document }: TierVersions[number]): CounterId {
  return counterIdOf(programme, countedByTiers(document));
}
