import type { Goal, RuleDocument } from '../rules/document.ts';
import type { Subject } from '../rules/evaluation.ts';
import type { RuleBook } from '../rules/select.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { bindCounters, type CounterId } from '../progress/counter.ts';
import { sumName, type Sums } from '../progress/counters.ts';
import { countsOf, type Count } from '../progress/evaluate-counts.ts';
import { standingsOf, type GoalFacts } from '../progress/evaluate-goal.ts';
import {
  countedBy,
  countersOf,
  goalsOf,
  hasIndividualTarget,
  looksBack,
  type GoalVersions,
} from '../progress/goal.ts';
import { periodOf, type Period } from '../progress/period.ts';
import { keyOf, worlds, type Contribution, type World } from './tally.ts';

/** What goals would have paid: counters are kept here, and goals are judged at the end, when all is counted. */
export type GoalReplay = {
  countsOf(subject: Subject): Count[];
  add(counts: readonly Count[], sign: 1n | -1n): void;
  /** What the goals bring whose period has a day in the replayed one. */
  settle(): Contribution;
};

/** True for goals that a replay can judge: a participant's own, of one period, with a target that all have. */
export function isReplayed({ goal, limits }: RuleDocument): boolean {
  if (!goal) return false;
  const isPlain =
    !looksBack(goal) && !goal.window && !(typeof goal.target === 'object' && 'individual' in goal.target);
  return goal.for === 'participant' && isPlain && (limits ?? []).length === 0;
}

type Frame = Pick<GoalFacts, 'programme' | 'timeZone' | 'now'> & { firstDay: string };

export function openGoals(books: Record<World, RuleBook>, frame: Frame): GoalReplay {
  const goals = { live: goalsIn(books.live), proposed: goalsIn(books.proposed) };
  const all = worlds.flatMap((world) => goals[world]);
  const counters = bindCounters(
    frame.programme,
    all.flatMap(({ versions }) => versions.flatMap(countedBy)),
  );
  const spans = spansOf(frame.programme, all);
  // By counter, subject and kind of period, then by the period's first day.
  const sums = new Map<string, Map<string, Sum>>();
  const subjects = new Map<string, { subject: Count['subject']; periods: Map<string, Period> }>();
  const isIdle = all.length === 0;

  return {
    countsOf: (subject) => (isIdle ? [] : countsOf(counters, { ...subject, partner: null, awards: [] })),
    add(counts, sign) {
      for (const { counter, subject, day, item, value } of counts)
        for (const { per, scope } of spans.get(counter) ?? []) {
          const period = periodOf(per, day, scope);
          const name = sumName({ counter, subject, per });
          const known = subjects.get(subject) ?? { subject, periods: new Map<string, Period>() };
          subjects.set(subject, known);
          known.periods.set(`${per} ${period.name}`, period);
          const byFirst = sums.get(name) ?? new Map<string, Sum>();
          sums.set(name, byFirst);
          byFirst.set(period.first, addTo(byFirst.get(period.first), item, sign * value));
        }
    },
    settle() {
      const facts = { ...frame, sums: valuesOf(sums), targets: [] };
      return worlds.flatMap((world) =>
        goals[world].flatMap((goal) => settleOne(world, goal, subjects.values(), facts, frame.firstDay)),
      );
    },
  };
}

/** What is added up, and what is counted once however often it comes. */
type Sum = { total: bigint; items: Map<string, bigint> | null };

function addTo(sum: Sum | undefined, item: string, value: bigint): Sum {
  const known = sum ?? { total: 0n, items: null };
  if (item === '') return { ...known, total: known.total + value };
  const items = known.items ?? new Map<string, bigint>();
  items.set(item, (items.get(item) ?? 0n) + value);
  return { ...known, items };
}

function valuesOf(sums: ReadonlyMap<string, ReadonlyMap<string, Sum>>): Sums {
  return new Map(
    [...sums].map(([name, byFirst]) => [
      name,
      new Map(
        [...byFirst].map(([first, { total, items }]) => {
          const once = [...(items?.values() ?? [])].filter((value) => value > 0n).length;
          return [first, total + BigInt(once)];
        }),
      ),
    ]),
  );
}

function goalsIn(book: RuleBook): GoalVersions[] {
  return goalsOf(book).filter(({ versions }) =>
    versions.every((rule) => isReplayed(rule.document) && !hasIndividualTarget(rule)),
  );
}

type Span = { per: Goal['per']; scope: RuleDocument['scope'] };

/** The kinds of periods for which each counter is asked. */
function spansOf(programme: ProgrammeId, goals: readonly GoalVersions[]): Map<CounterId, Span[]> {
  const spans = new Map<CounterId, Map<string, Span>>();
  for (const rule of goals.flatMap(({ versions }) => versions)) {
    const { part, whole } = countersOf(programme, rule);
    const { goal, scope } = rule.document;
    for (const counter of whole === null ? [part] : [part, whole]) {
      const known = spans.get(counter) ?? new Map<string, Span>();
      spans.set(counter, known.set(goal.per, { per: goal.per, scope }));
    }
  }
  return new Map([...spans].map(([counter, byPer]) => [counter, [...byPer.values()]]));
}

function settleOne(
  world: World,
  goal: GoalVersions,
  subjects: Iterable<{ subject: Count['subject']; periods: ReadonlyMap<string, Period> }>,
  facts: GoalFacts,
  firstDay: string,
): Contribution {
  const contribution: Contribution = [];
  const { per } = goal.versions[0]!.document.goal;
  for (const { subject, periods } of subjects) {
    const asked = [...periods].flatMap(([name, period]) => (name.startsWith(`${per} `) ? [period] : []));
    const within = asked.filter(({ last }) => last >= firstDay);
    for (const standing of standingsOf(goal, subject, within, facts))
      for (const { asset, units } of standing?.earned ?? []) {
        const { rule, period } = standing!;
        const groups = {
          day: period.last,
          rule: rule.document.code,
          area: '',
          tier: '',
          product: '',
        } as const;
        const add = (grouping: Contribution[number]['grouping'], key: string) =>
          contribution.push({ world, grouping, key, units: BigInt(units) });
        add('total', asset);
        add('participant', keyOf(subject, asset));
        for (const [grouping, name] of Object.entries(groups))
          add(grouping as keyof typeof groups, keyOf(name, asset));
      }
  }
  return contribution;
}
