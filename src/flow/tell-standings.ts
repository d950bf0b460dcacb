import type { Language } from '../../web/texts/say.ts';
import type { Tx } from '../db/transact.ts';
import { outletsByIds } from '../network/outlets.ts';
import { participantsByIds } from '../network/participants.ts';
import { partnersByIds } from '../network/partners.ts';
import type { Programme } from '../network/programmes.ts';
import { followedBy } from '../progress/book.ts';
import type { SubjectId } from '../progress/counter.ts';
import { percentOf, type Standing } from '../progress/evaluate-goal.ts';
import { countersOf, hasIndividualTarget, versionFor, type GoalVersions } from '../progress/goal.ts';
import { periodOf, type Period } from '../progress/period.ts';
import { judgeGoals } from '../progress/settle-goals.ts';
import { subjectsCounted } from '../progress/standings.ts';
import { listTargets, type SetTarget } from '../progress/targets.ts';
import type { OutletId, ParticipantId, PartnerId, RuleId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime, type Day } from '../shared/time.ts';
import { sayToGo } from './say-progress.ts';

/** So many people of a goal are looked at, so that a page of standings stays a matter of a moment. */
export const standingsMax = 5000;
/** From so many percent of the target on somebody is near it. */
const nearPercent = 75;

/** How a goal stands in its running period: how many have reached it, are near it, and are further away. */
export type GoalStanding = {
  /** Code of the programme. */
  programme: string;
  rule: { id: RuleId; code: string; version: number; title: string };
  for: 'participant' | 'outlet' | 'partner';
  counts: string;
  currency: string | null;
  target: unknown;
  hasOwnTargets: boolean;
  inARow: number | null;
  startsOn: Day;
  endsOn: Day;
  reached: number;
  near: number;
  behind: number;
  /** False where there are more people than were looked at. */
  isWhole: boolean;
};

/** One of those whose goal it is. */
export type StandingOf = {
  owner: Owner;
  done: bigint;
  target: bigint | null;
  percent: number | null;
  run: number;
  toGo: string | null;
};

export type Owner = { id: SubjectId; code: string; name: string };

/** How every goal that runs today stands; in order of code. */
export async function goalStandings(
  tx: Tx,
  programme: Programme,
  language: Language,
  at: Date,
): Promise<GoalStanding[]> {
  const { goals } = await followedBy(tx, programme.id);
  const standings: GoalStanding[] = [];
  for (const goal of goals) {
    const one = await judgedNow(tx, programme, goal, at);
    if (one) standings.push(headOf(programme, goal, one, language));
  }
  return standings.toSorted((a, b) => (a.rule.code < b.rule.code ? -1 : 1));
}

/** How one goal stands, and who stands how: the nearest to the target first. Refuses `not-found` where it does not run today. */
export async function standingsOfGoal(
  tx: Tx,
  programme: Programme,
  rule: RuleId,
  language: Language,
  at: Date,
): Promise<{ ok: true; goal: GoalStanding; people: StandingOf[] } | Refused<'not-found'>> {
  const { goals } = await followedBy(tx, programme.id);
  const goal = goals.find((one) => one.rule === rule);
  const judged = goal && (await judgedNow(tx, programme, goal, at));
  if (!goal || !judged) return refuse('not-found');
  const sorted = judged.standings.toSorted(
    (a, b) => (percentOf(b.standing) ?? 0) - (percentOf(a.standing) ?? 0),
  );
  const shown = sorted.slice(0, peopleShown);
  const owners = await ownersById(
    tx,
    judged.rule.document.goal.for,
    shown.map(({ subject }) => subject),
  );
  const people = shown.map(({ subject, standing }): StandingOf => ({
    owner: owners.get(subject) ?? { id: subject, code: '', name: '' },
    done: standing.done,
    target: standing.target,
    percent: percentOf(standing),
    run: standing.run,
    toGo: sayToGo(standing, language),
  }));
  return { ok: true, goal: headOf(programme, goal, judged, language), people };
}

const peopleShown = 200;

/** The targets of a rule that were set last, with whose they are. Refuses `not-found` for a rule without a goal. */
export async function tellTargets(
  tx: Tx,
  programme: Programme,
  rule: RuleId,
  page: { owner: SubjectId | null; limit: number },
): Promise<{ ok: true; total: number; targets: (SetTarget & { owner: Owner })[] } | Refused<'not-found'>> {
  const { goals } = await followedBy(tx, programme.id);
  const goal = goals.find((one) => one.rule === rule);
  if (!goal) return refuse('not-found');
  const { targets, total } = await listTargets(tx, rule, page);
  const owners = await ownersById(
    tx,
    goal.versions.at(-1)!.document.goal.for,
    targets.map(({ subject }) => subject),
  );
  const told = targets.map((one) => ({
    ...one,
    owner: owners.get(one.subject) ?? { id: one.subject, code: '', name: '' },
  }));
  return { ok: true, total, targets: told };
}

/** Whose goals, targets or discounts these are: their codes and names. */
export async function ownersById(
  tx: Tx,
  kind: 'participant' | 'outlet' | 'partner',
  ids: readonly SubjectId[],
): Promise<Map<SubjectId, Owner>> {
  const wanted = [...new Set(ids)];
  const found: Owner[] =
    kind === 'participant'
      ? await participantsByIds(tx, wanted as ParticipantId[])
      : kind === 'outlet'
        ? await outletsByIds(tx, wanted as OutletId[])
        : await partnersByIds(tx, wanted as PartnerId[]);
  return new Map(found.map(({ id, code, name }) => [id, { id, code, name }]));
}

type JudgedNow = {
  rule: Standing['rule'];
  period: Period;
  standings: { subject: SubjectId; standing: Standing }[];
  isWhole: boolean;
};

async function judgedNow(
  tx: Tx,
  programme: Programme,
  goal: GoalVersions,
  at: Date,
): Promise<JudgedNow | null> {
  const today = wallTime(at, programme.timeZone).day;
  const newest = goal.versions.at(-1)!;
  const period = periodOf(newest.document.goal.per, today, newest.document.scope);
  const rule = versionFor(goal, period, programme.timeZone);
  if (!rule || today > period.last || today < period.first) return null;
  const { part, whole } = countersOf(programme.id, rule);
  const counters = whole === null ? [part] : [part, whole];
  const subjects = await subjectsCounted(tx, goal.rule, counters, period, standingsMax + 1);
  const touched = subjects
    .slice(0, standingsMax)
    .map((subject) => ({ goal, subject, days: new Set([today]), occurredAt: at }));
  const judged = await judgeGoals(tx, programme, touched, at);
  const standings = judged.flatMap(({ subject, standing }) =>
    standing && standing.period.name === period.name ? [{ subject, standing }] : [],
  );
  return { rule, period, standings, isWhole: subjects.length <= standingsMax };
}

function headOf(
  { code: programme }: Programme,
  { rule: id }: GoalVersions,
  { rule, period, standings, isWhole }: JudgedNow,
  language: Language,
): GoalStanding {
  const { document, version } = rule;
  const { counts, target, inARow } = document.goal;
  const percents = standings.map(({ standing }) => percentOf(standing) ?? 0);
  const reached = percents.filter((percent) => percent >= 100).length;
  const near = percents.filter((percent) => percent >= nearPercent && percent < 100).length;
  return {
    programme,
    rule: {
      id,
      code: document.code,
      version,
      title: (document.texts[language] ?? document.texts['en']!).title,
    },
    for: document.goal.for,
    counts: 'share' in counts ? 'share' : counts.of,
    currency: 'currency' in counts ? counts.currency : null,
    target,
    hasOwnTargets: hasIndividualTarget(rule),
    inARow: inARow ?? null,
    startsOn: period.first,
    endsOn: period.last,
    reached,
    near,
    behind: percents.length - reached - near,
    isWhole,
  };
}
