import type { Language } from '../../web/texts/say.ts';
import type { Tx } from '../db/transact.ts';
import { areaPaths } from '../network/areas.ts';
import { outletsOfParticipant, type Outlet } from '../network/outlets.ts';
import { participantById, type Participant } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { text } from '../notify/texts.ts';
import { followedBy } from '../progress/book.ts';
import type { SubjectId } from '../progress/counter.ts';
import { windowSums } from '../progress/counters.ts';
import { goalEffects, percentOf, reasonOf, type Standing } from '../progress/evaluate-goal.ts';
import { dayAfterBack } from '../progress/evaluate-tier.ts';
import { countersOf, isShare, type GoalRule, type GoalVersions } from '../progress/goal.ts';
import { periodOf } from '../progress/period.ts';
import { segmentsOn } from '../progress/segments.ts';
import { judgeGoals } from '../progress/settle-goals.ts';
import { tierOn, tiersOf } from '../progress/tiers.ts';
import type { ParticipantId, RuleId } from '../shared/id.ts';
import { addDays, wallTime, type Day } from '../shared/time.ts';
import { explainReason } from './explain-award.ts';
import type { Quote } from './quote-discount.ts';
import { sayStreak, sayToGo } from './say-progress.ts';

/** How somebody stands with one goal today. Amounts as in the rule's document; a share in hundredths of a percent. */
export type GoalProgress = {
  rule: { id: RuleId; code: string; version: number; title: string };
  for: 'participant' | 'outlet' | 'partner';
  /** Whose goal it is, by name. */
  owner: string;
  counts: string;
  currency: string | null;
  done: bigint;
  target: bigint | null;
  percent: number | null;
  steps: { percent: number; awards: { asset: string; units: number }[]; isReached: boolean }[];
  /** How many periods in a row are reached: this one among them, or those before it that still count. */
  inARow: { done: number; wanted: number; says: string } | null;
  /** What is missing, or that it is reached, in words. */
  says: string;
  /** What is missing to the next step, until when, and what it brings; null where nothing is. */
  toGo: string | null;
  startsOn: Day;
  endsOn: Day;
};

/** Every goal of today that is somebody's own, their outlets' or their partner's; in the order of the rules. */
export async function goalsOfToday(
  tx: Tx,
  programme: Programme,
  participant: ParticipantId,
  language: Language,
  at: Date,
): Promise<GoalProgress[]> {
  const followed = await followedBy(tx, programme.id);
  const { goals } = followed;
  const person = goals.length > 0 ? await participantById(tx, participant) : null;
  if (!person) return [];
  const today = wallTime(at, programme.timeZone).day;
  const tiers = await tiersOf(tx, programme.id, [participant]);
  const tier = tierOn(tiers.get(participant), today, person.tier);
  const [segments] = await segmentsOn(tx, programme, followed, [{ person, tier, day: today }]);
  const audience = { person, tier, segments: segments! };
  const outlets = await outletsOfParticipant(tx, participant);
  const paths = await areaPaths(
    tx,
    outlets.map(({ area }) => area),
  );
  const wanted = goals.flatMap((goal) => {
    const newest = goal.versions.at(-1)!;
    const fitting = outlets.filter((outlet) => fitsOutlet(newest, outlet, paths.get(outlet.area) ?? []));
    const isFor = fitsPerson(newest, audience) && (fitting.length > 0 || !asksOutlet(newest));
    if (!isFor) return [];
    return ownersOf(newest.document.goal.for, person, fitting).map((owner) => ({ goal, owner }));
  });
  const touched = wanted.map(({ goal, owner }) => ({
    goal,
    subject: owner.id,
    days: daysOf(goal, today),
    occurredAt: at,
  }));
  const judged = await judgeGoals(tx, programme, touched, at);
  const stands = wanted.flatMap(({ goal, owner }) => {
    const own = judged.flatMap((one) =>
      one.goal === goal && one.subject === owner.id && one.standing ? [one.standing] : [],
    );
    const standing = own.find((one) => isToday(one, today));
    const before = own.findLast(({ period }) => standing && period.last < standing.period.first);
    return standing ? [{ goal, owner, standing, runBefore: before?.run ?? 0 }] : [];
  });
  const latest = await windowSums(
    tx,
    stands.map(({ owner, standing: { rule, period } }) => {
      const { window } = rule.document.goal;
      const first = window === undefined ? period.first : dayAfterBack(today, window);
      return { counter: countersOf(programme.id, rule).part, subject: owner.id, first, last: today };
    }),
  );
  return stands.map(({ goal, owner, standing, runBefore }, i) => {
    const isRolling = standing.rule.document.goal.window !== undefined;
    const asOfToday = isRolling ? { ...standing, latest: latest[i]! } : standing;
    return showGoal(goal, asOfToday, runBefore, owner.name, language);
  });
}

/** Today, and for a streak the last day of the period before it. */
function daysOf({ versions }: GoalVersions, today: Day): Set<Day> {
  const { goal, scope } = versions.at(-1)!.document;
  if (goal.inARow === undefined) return new Set([today]);
  return new Set([addDays(periodOf(goal.per, today, scope).first, -1), today]);
}

function showGoal(
  goal: GoalVersions,
  standing: Standing,
  runBefore: number,
  owner: string,
  language: Language,
): GoalProgress {
  const { rule, period, target, run } = standing;
  const { document } = rule;
  const { counts, inARow } = document.goal;
  // What was reached before counts on as long as this period may still be reached.
  const streak = inARow === undefined ? 0 : run > 0 ? run % inARow || inARow : runBefore % inARow;
  const measure = isShare(counts) ? counts.share : counts;
  const effects = Map.groupBy(goalEffects(rule), ({ at = 100 }) => at);
  const isReached = (percent: number) => target !== null && standing.done * 100n >= target * BigInt(percent);
  // Over a window what is still to be reached is reached from where today stands.
  const done = [...effects.keys()].every(isReached) ? standing.done : standing.latest;
  return {
    rule: {
      id: goal.rule,
      code: document.code,
      version: rule.version,
      title: (document.texts[language] ?? document.texts['en']!).title,
    },
    for: document.goal.for,
    owner,
    counts: isShare(counts) ? 'share' : counts.of,
    currency: 'currency' in measure && !isShare(counts) ? measure.currency : null,
    done,
    target,
    percent: percentOf({ done, target }),
    steps: [...effects].map(([percent, each]) => ({
      percent,
      awards: each.map(({ asset, units }) => ({ asset, units })),
      isReached: isReached(percent),
    })),
    inARow:
      inARow === undefined
        ? null
        : {
            done: streak,
            wanted: inARow,
            says: sayStreak(standing, { done: streak, wanted: inARow }, language),
          },
    says: explainReason({ reason: reasonOf(standing) }, String, language),
    toGo: sayToGo(standing, language),
    startsOn: period.first,
    endsOn: period.last,
  };
}

// Versions of a rule may have periods of different length: the one that judges today's counts.
function isToday({ rule, period }: Standing, today: Day): boolean {
  const { goal, scope } = rule.document;
  const own = periodOf(goal.per, today, scope);
  return own.name === period.name && own.first <= today && own.last >= today;
}

/** Whose goals or discounts are somebody's: their own, their outlets' or their partners'. */
export function ownersOf(
  kind: 'participant' | 'outlet' | 'partner',
  person: Participant,
  outlets: readonly Outlet[],
): { id: SubjectId; name: string }[] {
  if (kind === 'participant') return [person];
  if (kind === 'outlet') return [...outlets];
  const partners = new Map(outlets.map((outlet) => [outlet.partner, outlet.partnerName]));
  return [...partners].map(([id, name]) => ({ id, name }));
}

function fitsPerson(
  { scopeSets }: GoalRule,
  { person, tier, segments }: { person: Participant; tier: string; segments: readonly string[] },
): boolean {
  return (
    (scopeSets.participantKinds?.set.has(person.kind) ?? true) &&
    (scopeSets.tiers?.set.has(tier) ?? true) &&
    (scopeSets.segments === null || segments.some((segment) => scopeSets.segments!.set.has(segment)))
  );
}

function asksOutlet({ scopeSets: { outlets, channels, areas }, document: { goal } }: GoalRule): boolean {
  return goal.for !== 'participant' || [outlets, channels, areas].some((asked) => asked !== null);
}

function fitsOutlet({ scopeSets }: GoalRule, outlet: Outlet, areas: readonly string[]): boolean {
  return (
    (scopeSets.outlets?.set.has(outlet.code) ?? true) &&
    (scopeSets.channels?.set.has(outlet.channel) ?? true) &&
    (scopeSets.areas === null || areas.some((area) => scopeSets.areas!.set.has(area)))
  );
}

/** How a quote is said: which volume reached which step, and what is missing to the next. */
export function sayQuote(
  {
    tablePercent,
    volume,
    window,
    next,
    currency,
    of,
  }: Pick<Quote, 'tablePercent' | 'volume' | 'window' | 'next' | 'currency' | 'of'>,
  language: Language,
): string {
  const amount = (value: bigint) => {
    if (currency) return { minor: Number(value), currency };
    return Number(value) / (of === 'quantity' ? 1000 : 1);
  };
  const facts = { percent: tablePercent / 100, volume: amount(volume), from: window.first, to: window.last };
  const why = text(language, 'quote.why', facts);
  if (!next) return why;
  const more = { missing: amount(next.missing), percent: next.percent / 100 };
  return `${why} ${text(language, 'quote.next', more)}`;
}
