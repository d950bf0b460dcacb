import { usageName, type Evaluation, type Use } from '../rules/evaluation.ts';
import type { Day } from '../shared/time.ts';
import { addDays, momentAt } from '../shared/time.ts';
import type { CounterId, SubjectId } from '../progress/counter.ts';
import type { Count } from '../progress/evaluate-counts.ts';
import type { Standing } from '../progress/evaluate-goal.ts';
import { askedBy, nothingAsked, settlementUnder } from '../progress/evaluate-settlement.ts';
import { countersOf, type GoalVersions } from '../progress/goal.ts';
import { isLimited, type Books } from './books.ts';
import { boundFor } from './bounds.ts';
import { awardsIn, judgeGoal, type GoalAward, type GoalFrame } from './goals.ts';
import type { Position } from './history.ts';
import type { Exhausted } from './merge.ts';
import { addCount, spansOf, type Holdings } from './sums.ts';
import { worlds, type World } from './tally.ts';

/** What a version of an activity changes for goals under limits; what an earlier version counted is below zero. */
export type Sequenced = { position: Position; counts: Count[] };

/** What a goal has brought somebody in a period so far. */
type Kept = { subject: SubjectId; standing: Standing; asked: string } & Pick<
  Evaluation,
  'considered' | 'uses'
>;
type Goal = { world: World; goal: GoalVersions; kept: Map<string, Kept>; usage: Map<string, bigint> };

export type LimitedGoals = {
  /** Takes what was counted, in order of recording; what was recorded at one moment is believed together. */
  follow(versions: readonly Sequenced[]): void;
  /** What the goals pay when nothing more comes, and which limits were used up on the way. */
  finish(): { awards: GoalAward[]; exhausted: Exhausted[] };
};

/**
 * Settles goals under limits on the way, in the order in which activities were recorded, as life did: whoever reaches a goal
 * first gets what the limit has left, and what is taken back later is there for the next. A share is settled when its period
 * is over, before what was recorded after that.
 */
export function openLimitedGoals(books: Books, frame: GoalFrame): LimitedGoals {
  const goals = worlds.flatMap((world) =>
    books.goals[world]
      .filter(isLimited)
      .map((goal): Goal => ({ world, goal, kept: new Map(), usage: new Map() })),
  );
  const { programme } = frame;
  const spans = spansOf(
    programme,
    goals.map(({ goal }) => goal),
  );
  const asking = new Map<CounterId, Goal[]>();
  for (const goal of goals)
    for (const counter of countersOfAll(frame, goal.goal))
      asking.set(counter, [...(asking.get(counter) ?? []), goal]);
  const holdings: Holdings = new Map();
  const exhausted = new Map<string, Exhausted>();
  const open = openShares(frame);
  let together: Sequenced[] = [];

  const settle = (goal: Goal, touched: ReadonlyMap<SubjectId, Day[]>, now: Date) => {
    const judged = [...touched].flatMap(([subject, days]) =>
      judgeGoal(goal.goal, subject, holdings, { ...frame, now }, days).map((standing) => ({
        subject,
        standing,
      })),
    );
    for (const one of judged) open.note(goal, one.subject, one.standing);
    for (const { subject, use } of settleOne(goal, judged))
      noteExhausted(goal, use, touched.get(subject)!.toSorted().at(-1)!, exhausted);
  };
  const settleEnded = (now: Date) => {
    for (const { goal, subject, last } of open.endedBy(now)) settle(goal, new Map([[subject, [last]]]), now);
  };
  const believe = () => {
    const [first] = together;
    if (!first) return;
    const now = new Date(Math.min(first.position.at, frame.now.getTime()));
    settleEnded(now);
    const counts = together.flatMap((one) => one.counts);
    for (const count of counts) addCount(holdings, spans, count, 1n);
    for (const [goal, touched] of touchedBy(counts, asking)) settle(goal, touched, now);
    together = [];
  };

  return {
    follow(versions) {
      for (const one of versions) {
        if (together.length > 0 && together[0]!.position.at !== one.position.at) believe();
        together.push(one);
      }
    },
    finish() {
      believe();
      settleEnded(frame.now);
      const awards = goals.flatMap(({ world, kept }) =>
        [...kept.values()].flatMap(({ subject, standing, considered }) =>
          awardsIn(world, subject, standing.period, considered, frame),
        ),
      );
      return { awards, exhausted: [...exhausted.values()] };
    },
  };
}

function countersOfAll({ programme }: GoalFrame, { versions }: GoalVersions): Set<CounterId> {
  const pairs = versions.map((rule) => countersOf(programme, rule));
  return new Set(pairs.flatMap(({ part, whole }) => (whole === null ? [part] : [part, whole])));
}

// Each goal with everybody for whom something was counted, in the order in which it was, and on which days.
function touchedBy(
  counts: readonly Count[],
  asking: ReadonlyMap<CounterId, readonly Goal[]>,
): Map<Goal, Map<SubjectId, Day[]>> {
  const touched = new Map<Goal, Map<SubjectId, Day[]>>();
  for (const { counter, subject, day } of counts)
    for (const goal of asking.get(counter) ?? []) {
      const subjects = touched.get(goal) ?? new Map<SubjectId, Day[]>();
      touched.set(goal, subjects);
      subjects.set(subject, [...(subjects.get(subject) ?? []), day]);
    }
  return touched;
}

/** Settles again what asks for something else than before, in order; answers what each now uses of limits. */
function settleOne(
  { kept, usage }: Goal,
  judged: readonly { subject: SubjectId; standing: Standing }[],
): { subject: SubjectId; use: Use }[] {
  const changed = judged.flatMap(({ subject, standing }) => {
    const name = `${subject} ${standing.period.name}`;
    const before = kept.get(name);
    const asked = askedBy(standing);
    return asked === (before?.asked ?? nothingAsked) ? [] : [{ name, before, subject, standing, asked }];
  });
  const count = (use: Use, sign: 1n | -1n) =>
    usage.set(usageName(use), (usage.get(usageName(use)) ?? 0n) + sign * use.units);
  for (const { before } of changed) for (const use of before?.uses ?? []) count(use, -1n);
  return changed.flatMap(({ name, subject, standing, asked }) => {
    const { considered, uses } = settlementUnder(standing, subject, usage);
    for (const use of uses) count(use, 1n);
    kept.set(name, { subject, standing, asked, considered, uses });
    return uses.map((use) => ({ subject, use }));
  });
}

// Only a budget: what is limited for each is nobody else's.
function noteExhausted(
  { world, goal, usage }: Goal,
  use: Use,
  day: Day,
  exhausted: Map<string, Exhausted>,
): void {
  const name = usageName(use);
  const key = `${world} ${name}`;
  if (use.subject !== use.rule || exhausted.has(key)) return;
  if ((usage.get(name) ?? 0n) >= boundFor(goal.versions, 'rule', use).bound)
    exhausted.set(key, { world, name, day });
}

/** Shares whose period is not over yet: by whom, in order of their end. */
function openShares({ timeZone }: GoalFrame) {
  const open = new Map<string, { goal: Goal; subject: SubjectId; last: Day; end: number }>();
  return {
    note(goal: Goal, subject: SubjectId, { period: { name, last }, isOpen }: Standing): void {
      if (!isOpen) return;
      const end = momentAt(addDays(last, 1), '00:00', timeZone).getTime();
      open.set(`${goal.world} ${goal.goal.rule} ${subject} ${name}`, { goal, subject, last, end });
    },
    endedBy(now: Date): { goal: Goal; subject: SubjectId; last: Day }[] {
      const ended = [...open].filter(([, { end }]) => end <= now.getTime());
      for (const [name] of ended) open.delete(name);
      return ended
        .map(([, one]) => one)
        .toSorted((a, b) => a.end - b.end || (a.subject < b.subject ? -1 : Number(a.subject > b.subject)));
    },
  };
}
