import { serialize, type ASTNode } from '@marcbachmann/cel-js';

import type { RuleId } from '../shared/id.ts';
import {
  parseDocument,
  type AwardEffect,
  type GrantEffect,
  type MultiplyEffect,
  type RuleDocument,
} from './document.ts';
import { compileExpression, type Expression } from './expression.ts';
import type { RuleProblem } from './problem.ts';
import type { AttributeTypes } from './vocabulary.ts';

/** A version of a rule with the span of events that it judges: from `effectiveFrom` until another version takes over. */
export type LiveRule = {
  id: RuleId;
  version: number;
  document: RuleDocument;
  /** Null: from the beginning. */
  effectiveFrom: Date | null;
  /** Null: until further notice; the moment itself belongs to the next version. */
  effectiveUntil: Date | null;
};

/** A document whose expressions are ready to run. */
export type CompiledRule = LiveRule & {
  condition: Condition | null;
  effects: CompiledEffect[];
  scopeSets: ScopeSets;
  /** False for a rule about the activity as such, which may have no lines: a visit, a training. */
  needsLine: boolean;
};

export type CompiledEffect =
  | { kind: 'award'; effect: AwardEffect; units: Size }
  | { kind: 'multiply'; effect: MultiplyEffect; percent: Size }
  /** Of a message there is one. */
  | { kind: 'grant'; effect: GrantEffect; count: Size | null };

/** A number as it stands in the document, or the formula that gives it. */
export type Size = { fixed: bigint; formula: null } | { fixed: null; formula: Expression };

export type Condition = Expression & {
  /** The parts joined by `&&`, so that the first one that is not met can be named with its value. Made when asked for. */
  parts: () => ConditionPart[];
};
/** A part, and the side of its comparison that varies. */
type ConditionPart = { whole: Expression; value: Expression | null };

/** A list of the scope, ready to be asked and to be named in a reason. */
export type Listed = { set: ReadonlySet<string>; text: string };

/** The lists of the scope. Null: anything goes. */
type ScopeSets = Record<
  | 'kinds'
  | 'participantKinds'
  | 'tiers'
  | 'segments'
  | 'areas'
  | 'channels'
  | 'outlets'
  | 'skus'
  | 'categories',
  Listed | null
>;

/**
 * Checks a document and its expressions, and makes them ready to run. Pure: the same document gives the same rule.
 * Answers with every problem it finds, each with its place and a sentence.
 */
export function compileDocument(
  given: unknown,
): { ok: true; document: RuleDocument; compiled: CompiledDocument } | { ok: false; problems: RuleProblem[] } {
  const parsed = parseDocument(given);
  return parsed.ok ? compileParsed(parsed.document) : parsed;
}

/** The same for a document whose shape is in order, and whose lists may be longer than anybody would write them. */
export function compileParsed(
  document: RuleDocument,
): { ok: true; document: RuleDocument; compiled: CompiledDocument } | { ok: false; problems: RuleProblem[] } {
  const { attributes } = document.scope;
  const problems: RuleProblem[] = [];
  const compile: Compile = (at, text, wanted, scope) => {
    const result = compileExpression(text, wanted, scope, attributes);
    if (result.ok) return result.expression;
    problems.push({ at, ...result.problem });
    return null;
  };
  const condition = document.condition ? compile('condition', document.condition, 'bool') : null;
  const effects = document.effects.map((effect, index) =>
    compileEffect(effect, `effects[${index}]`, compile),
  );
  if (problems.length > 0) return { ok: false, problems };
  const compiled = {
    condition: condition && { ...condition, parts: partsOf(condition, attributes) },
    effects: effects as CompiledEffect[],
    scopeSets: scopeSetsOf(document),
    needsLine:
      document.scope.products !== undefined ||
      document.effects.some(
        (effect) => effect.kind === 'award' && effect.per !== 'activity' && effect.per !== 'goal',
      ),
  };
  return { ok: true, document, compiled };
}

export type CompiledDocument = Pick<CompiledRule, 'condition' | 'effects' | 'scopeSets' | 'needsLine'>;

type Compile = (
  at: string,
  text: string,
  wanted: 'bool' | 'int',
  scope?: 'activity' | 'line',
) => Expression | null;

function compileEffect(
  effect: AwardEffect | MultiplyEffect | GrantEffect,
  at: string,
  compile: Compile,
): CompiledEffect | null {
  const sizeOf = (name: string, size: number | string, scope: 'activity' | 'line'): Size | null => {
    if (typeof size === 'number') return { fixed: BigInt(size), formula: null };
    const formula = compile(`${at}.${name}`, size, 'int', scope);
    return formula && { fixed: null, formula };
  };
  if (effect.kind === 'multiply') {
    const percent = sizeOf('percent', effect.percent, 'activity');
    return percent && { kind: 'multiply', effect, percent };
  }
  if (effect.kind === 'message') return { kind: 'grant', effect, count: null };
  if (effect.kind !== 'award') {
    const count = sizeOf('count', effect.count, 'activity');
    return count && { kind: 'grant', effect, count };
  }
  const units =
    effect.per === 'share'
      ? sizeOf('basisPoints', effect.basisPoints, 'activity')
      : sizeOf('units', effect.units, effect.per === 'line' ? 'line' : 'activity');
  return units && { kind: 'award', effect, units };
}

const comparisons = new Set<string>(['==', '!=', '<', '<=', '>', '>=', 'in']);

function partsOf(condition: Expression, attributes?: AttributeTypes): () => ConditionPart[] {
  let parts: ConditionPart[] | null = null;
  return () => (parts ??= conjuncts(condition.ast).flatMap((node) => partOf(node, attributes)));
}

function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

function partOf(node: ASTNode, attributes?: AttributeTypes): ConditionPart[] {
  const whole = compileNode(node, 'bool', attributes);
  if (!whole) return [];
  if (!comparisons.has(node.op)) return [{ whole, value: null }];
  const [left, right] = node.args as [ASTNode, ASTNode];
  const asked = left.op === 'value' || left.op === 'list' ? right : left;
  const type = (asked as { checkedType?: { name: string } }).checkedType?.name;
  const hasValue = type === 'string' || type === 'int' || type === 'double' || type === 'bool';
  return [{ whole, value: hasValue ? compileNode(asked, type, attributes) : null }];
}

function compileNode(
  node: ASTNode,
  wanted: 'bool' | 'int' | 'double' | 'string',
  attributes?: AttributeTypes,
): Expression | null {
  const result = compileExpression(serialize(node), wanted, 'activity', attributes);
  return result.ok ? result.expression : null;
}

function listed(list: string[] | undefined): Listed | null {
  return list ? { set: new Set(list), text: list.join(', ') } : null;
}

function scopeSetsOf({ scope }: RuleDocument): ScopeSets {
  const { audience = {}, products = {} } = scope;
  return {
    kinds: listed(scope.kinds),
    participantKinds: listed(audience.participantKinds),
    tiers: listed(audience.tiers),
    segments: listed(audience.segments),
    areas: listed(audience.areas),
    channels: listed(audience.channels),
    outlets: listed(audience.outlets),
    skus: listed(products.skus),
    categories: listed(products.categories),
  };
}
