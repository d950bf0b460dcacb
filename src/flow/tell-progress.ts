import type { Language } from '../../web/texts/say.ts';
import type { Tx } from '../db/transact.ts';
import { areaPaths } from '../network/areas.ts';
import { outletsOfParticipant, type Outlet } from '../network/outlets.ts';
import { participantById, type Participant } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { text } from '../notify/texts.ts';
import { followedBy } from '../progress/book.ts';
import type { SubjectId } from '../progress/counter.ts';
import { goalEffects, percentOf, reasonOf, type Standing } from '../progress/evaluate-goal.ts';
import { missingToKeep, spanOn, versionOn, type TierSpan } from '../progress/evaluate-tier.ts';
import { isShare, type GoalRule, type GoalVersions } from '../progress/goal.ts';
import { periodOf } from '../progress/period.ts';
import { judgeGoals } from '../progress/settle-goals.ts';
import { historiesOf, tierOn, tiersOf } from '../progress/tiers.ts';
import type { ParticipantId, RuleId } from '../shared/id.ts';
import { wallTime, type Day } from '../shared/time.ts';
import { explainReason } from './explain-award.ts';
import type { Quote } from './quote-discount.ts';
import { tierTitle } from './tell-tiers.ts';

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
  inARow: { done: number; wanted: number } | null;
  /** What is missing, or that it is reached, in words. */
  says: string;
  startsOn: Day;
  endsOn: Day;
};

/** Every goal of today that is somebody's own, their outlets' or their partner's; in order of code. */
export async function goalsOfToday(
  tx: Tx,
  programme: Programme,
  participant: ParticipantId,
  language: Language,
  at: Date,
): Promise<GoalProgress[]> {
  const { goals } = await followedBy(tx, programme.id);
  const person = goals.length > 0 ? await participantById(tx, participant) : null;
  if (!person) return [];
  const today = wallTime(at, programme.timeZone).day;
  const tiers = await tiersOf(tx, programme.id, [participant]);
  const audience = { person, tier: tierOn(tiers.get(participant), today, person.tier) };
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
    return ownersOf(newest, person, fitting).map((owner) => ({ goal, owner }));
  });
  const touched = wanted.map(({ goal, owner }) => ({
    goal,
    subject: owner.id,
    days: new Set([today]),
    occurredAt: at,
  }));
  const judged = await judgeGoals(tx, programme, touched, at);
  return wanted.flatMap(({ goal, owner }) => {
    const standing = judged.find(
      (one) => one.goal === goal && one.subject === owner.id && one.standing && isToday(one.standing, today),
    )?.standing;
    return standing ? [showGoal(goal, standing, owner.name, language)] : [];
  });
}

/** The tiers that somebody had and has, the tier of a day, and what is missing to keep today's. */
export type TierProgress = {
  asOf: { day: Day; tier: string };
  history: TierSpan[];
  keep: { safeUntil: Day; missing: bigint } | null;
  titles: Record<string, string>;
};

/** Tells somebody's tiers as they are known now. */
export async function tellTierHistory(
  tx: Tx,
  programme: Programme,
  person: Participant,
  day: Day,
  language: Language,
  at: Date,
): Promise<TierProgress> {
  const { tiers } = await followedBy(tx, programme.id);
  const history = (await tiersOf(tx, programme.id, [person.id])).get(person.id) ?? [];
  const version = versionOn(tiers, wallTime(at, programme.timeZone).day);
  const known = version && (await historiesOf(tx, programme, tiers, [person.id], at)).get(person.id);
  const last = history.at(-1);
  const keep =
    version && known && last?.safeUntil
      ? { safeUntil: last.safeUntil, missing: missingToKeep(version, history, known.history) }
      : null;
  const codes = new Set([person.tier, ...history.map(({ tier }) => tier)]);
  const titles = [...codes].map((code) => [
    code,
    version ? tierTitle(version.document, code, language) : code,
  ]);
  const tier = (spanOn(history, day) ?? history[0])?.tier ?? person.tier;
  return { asOf: { day, tier }, history, keep, titles: Object.fromEntries(titles) };
}

function showGoal(goal: GoalVersions, standing: Standing, owner: string, language: Language): GoalProgress {
  const { rule, period, done, target, run } = standing;
  const { document } = rule;
  const { counts, inARow } = document.goal;
  const measure = isShare(counts) ? counts.share : counts;
  const effects = Map.groupBy(goalEffects(rule), ({ at = 100 }) => at);
  const isReached = (percent: number) => target !== null && done * 100n >= target * BigInt(percent);
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
    percent: percentOf(standing),
    steps: [...effects].map(([percent, each]) => ({
      percent,
      awards: each.map(({ asset, units }) => ({ asset, units })),
      isReached: isReached(percent),
    })),
    inARow: inARow === undefined ? null : { done: run % inARow || (run > 0 ? inARow : 0), wanted: inARow },
    says: explainReason({ reason: reasonOf(standing) }, String, language),
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

function ownersOf(
  { document: { goal } }: GoalRule,
  person: Participant,
  outlets: readonly Outlet[],
): { id: SubjectId; name: string }[] {
  if (goal.for === 'participant') return [person];
  if (goal.for === 'outlet') return [...outlets];
  const partners = new Map(outlets.map((outlet) => [outlet.partner, outlet.partnerName]));
  return [...partners].map(([id, name]) => ({ id, name }));
}

function fitsPerson(
  { scopeSets }: GoalRule,
  { person, tier }: { person: Participant; tier: string },
): boolean {
  const { participantKinds, tiers } = scopeSets;
  return (participantKinds?.set.has(person.kind) ?? true) && (tiers?.set.has(tier) ?? true);
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
  { tablePercent, volume, window, next, currency }: Quote,
  language: Language,
): string {
  const amount = (value: bigint) => (currency ? { minor: Number(value), currency } : Number(value));
  const facts = { percent: tablePercent / 100, volume: amount(volume), from: window.first, to: window.last };
  const why = text(language, 'quote.why', facts);
  if (!next) return why;
  const more = { missing: amount(next.missing), percent: next.percent / 100 };
  return `${why} ${text(language, 'quote.next', more)}`;
}
