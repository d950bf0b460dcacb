import { Environment } from '@marcbachmann/cel-js';

import { viewOf } from '../../src/rules/evaluate-scope.ts';
import type { Subject } from '../../src/rules/evaluation.ts';
import { expressionOf, type PlainRule } from './rule-set.ts';

/** Answers the codes of the rules that a subject, by its place, fits. */
export type Matcher = (subject: number) => string[] | Promise<string[]>;

/** Every rule as one expression for cel-js as it comes, one after the other; values are converted outside the clock. */
export function plainCel(rules: readonly PlainRule[], subjects: readonly Subject[]): Matcher {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const parsed = rules.map((rule) => [rule.code, environment.parse(expressionOf(rule))] as const);
  const contexts = subjects.map((subject) => {
    const { activity, participant, outlet } = viewOf(subject).values;
    const lines = activity.lines!.map((line) => ({ ...line, amountMinor: BigInt(line.amountMinor!) }));
    const { weekday, hour, totalMinor } = activity;
    const numbers = { weekday: BigInt(weekday!), hour: BigInt(hour!), totalMinor: BigInt(totalMinor!) };
    return {
      activity: { ...activity, ...numbers, lines },
      participant: { ...participant },
      outlet: { ...outlet },
    };
  });
  return (subject) => parsed.flatMap(([code, run]) => (run(contexts[subject]!) === true ? [code] : []));
}

/** The same rules in json-rules-engine, facts that decide most asked first; null where it is not installed. */
export async function jsonRulesEngine(
  rules: readonly PlainRule[],
  subjects: readonly Subject[],
): Promise<Matcher | null> {
  const library = await import('json-rules-engine').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  });
  if (!library) return null;
  const engine = new library.Engine();
  engine.addOperator('overlaps', (has: string[], wanted: string[]) =>
    has.some((one) => wanted.includes(one)),
  );
  engine.addOperator('startsWith', (text: string, prefix: string) => text.startsWith(prefix));
  engine.addOperator('someAbove', (numbers: number[], bound: number) => numbers.some((one) => one > bound));
  for (const rule of rules)
    engine.addRule({ conditions: { all: conditionsOf(rule) }, event: { type: rule.code } });
  const facts = subjects.map(factsOf);
  return async (subject) => (await engine.run(facts[subject]!)).events.map(({ type }) => type);
}

function conditionsOf(rule: PlainRule) {
  const { audience } = rule;
  const fits =
    'tiers' in audience
      ? { fact: 'tier', operator: 'in', value: audience.tiers }
      : 'areas' in audience
        ? { fact: 'areas', operator: 'overlaps', value: audience.areas }
        : { fact: 'channel', operator: 'in', value: audience.channels };
  return [
    { ...fits, priority: 3 },
    { fact: 'categories', operator: 'overlaps', value: rule.categories, priority: 2 },
    { fact: 'kind', operator: 'equal', value: rule.kind },
    { fact: 'date', operator: 'greaterThanInclusive', value: numberOf(rule.from) },
    { fact: 'date', operator: 'lessThanInclusive', value: numberOf(rule.to) },
    { fact: 'weekday', operator: 'lessThanInclusive', value: rule.weekdayMax },
    { fact: 'hour', operator: 'greaterThanInclusive', value: rule.hourMin },
    { fact: 'total', operator: 'greaterThanInclusive', value: rule.totalMin },
    { fact: 'code', operator: 'startsWith', value: rule.outletPrefix },
    { fact: 'amounts', operator: 'someAbove', value: rule.lineAbove },
  ];
}

function factsOf(subject: Subject): Record<string, unknown> {
  const { activity, participant, outlet } = viewOf(subject).values;
  return {
    kind: activity.kind,
    date: numberOf(activity.date!),
    weekday: activity.weekday,
    hour: activity.hour,
    total: activity.totalMinor,
    tier: participant.tier,
    areas: outlet!.areas,
    channel: outlet!.channel,
    code: outlet!.code,
    categories: activity.lines!.map(({ category }) => category),
    amounts: activity.lines!.map(({ amountMinor }) => amountMinor),
  };
}

// It compares numbers only.
function numberOf(day: string): number {
  return Number(day.replaceAll('-', ''));
}
