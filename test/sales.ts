import assert from 'node:assert/strict';

import type { Activity, ActivityLine } from '../src/activity/activity.ts';
import { compileDocument } from '../src/rules/compile.ts';
import type { RuleDocument } from '../src/rules/document.ts';
import { evaluate } from '../src/rules/evaluate.ts';
import { awardsOf, type Evaluation, type Facts, type Usage } from '../src/rules/evaluation.ts';
import { bindRules, type RuleBook } from '../src/rules/select.ts';
import { nameId, type Id, type RuleId } from '../src/shared/id.ts';

const id = <T extends Id<string>>(name: string): T => nameId<T>('sales', name);

/** A rule that says as little as a rule can: one point for every piece. */
export function rule(code: string, changes: Partial<RuleDocument> = {}): RuleDocument {
  return {
    format: 1,
    code,
    texts: { en: { title: code, award: `Points by ${code}.` } },
    scope: { kinds: ['receipt'] },
    effects: [{ kind: 'award', leg: 'points', asset: 'points', per: 'quantity', stepMilli: 1000, units: 1 }],
    rounding: { mode: 'down', at: 'activity' },
    stacking: { group: 'base', order: 10, mode: 'sum' },
    ...changes,
  };
}

/** A rule that multiplies what the group `base` earned. */
export function multiplier(
  code: string,
  percent: number | string,
  changes: Partial<RuleDocument> = {},
): RuleDocument {
  return rule(code, {
    effects: [{ kind: 'multiply', leg: 'extra', asset: 'points', groups: ['base'], percent }],
    stacking: { group: 'extra', order: 50, mode: 'sum' },
    ...changes,
  });
}

export const ruleId = (code: string): RuleId => id<RuleId>(code);

/** The documents as a book of live rules, all in force from the beginning. */
export function book(...documents: readonly unknown[]): RuleBook {
  return bindRules(
    documents.map((given) => {
      const compiled = compileDocument(given);
      assert(compiled.ok, compiled.ok ? '' : JSON.stringify(compiled.problems));
      const { document } = compiled;
      return {
        id: ruleId(document.code),
        version: 1,
        document,
        effectiveFrom: null,
        effectiveUntil: null,
        ...compiled.compiled,
      };
    }),
  );
}

/** A line: 10 packs of tea for RM 25.00 unless said otherwise. */
export function line(sku: string | null, changes: Partial<ActivityLine> = {}): Omit<ActivityLine, 'line'> {
  return {
    text: sku ?? 'SOMETHING ELSE',
    product: sku === null ? null : id(sku),
    sku,
    category: sku === null ? null : 'tea',
    isFocus: sku === 'FOCUS',
    quantityMilli: 10_000n,
    amountMinor: 2500n,
    ...changes,
  };
}

/** A receipt of Sari at Toko Maju, noon of 21 March 2018 in Kuala Lumpur unless said otherwise. */
export function sale(
  lines: readonly Omit<ActivityLine, 'line'>[],
  changes: Partial<Activity> = {},
): Activity {
  return {
    id: id('sale'),
    version: 1,
    kind: 'receipt',
    programme: id('programme'),
    evidence: null,
    participant: id('sari'),
    outlet: id('toko-maju'),
    occurredAt: new Date('2018-03-21T04:00:00Z'),
    recordedAt: new Date('2018-03-21T05:00:00Z'),
    currency: 'MYR',
    totalMinor: lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    withdrawn: false,
    reason: null,
    lines: lines.map((one, number) => ({ line: number, ...one })),
    ...changes,
  };
}

/** What is known of Sari: a silver seller of a shop in Johor Bahru, in Johor. */
export function factsOf(tier: string | null = 'silver', changes: Partial<Facts> = {}): Facts {
  return {
    timeZone: 'Asia/Kuala_Lumpur',
    participant: { kind: 'seller', tier },
    outlet: { code: 'toko-maju', channel: 'general-trade', areas: ['johor-bahru', 'johor', 'my'] },
    ...changes,
  };
}

/** The evaluation of one activity. */
export function judge(rules: RuleBook, activity: Activity, facts = factsOf(), usage?: Usage): Evaluation {
  return evaluate(rules, [{ activity, facts }], usage ? { usage } : {})[0]!;
}

/** What is paid, as `{ rule: units }` of points. */
export function paid(evaluation: Evaluation): Record<string, number> {
  return Object.fromEntries(awardsOf(evaluation).map(({ code, units }) => [code, Number(units)]));
}
