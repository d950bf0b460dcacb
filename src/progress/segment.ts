import { Environment, ParseError, TypeError as CelTypeError, type ASTNode } from '@marcbachmann/cel-js';

import type { RuleProblem, Why } from '../rules/problem.ts';
import type { Counted } from './counter.ts';
import type { SegmentDocument } from './document.ts';

/** What a segment looks at: who somebody is, and what they did by the segment's own counters. */
export type SegmentFacts = {
  participant: { code: string; kind: string; tier: string; language: string };
  counted: Readonly<Record<string, bigint>>;
};

export type CompiledSegment = { holds: (facts: SegmentFacts) => boolean; problems: RuleProblem[] };

// Comparisons of what is known, and nothing that can take long.
const operators = new Set('value id . list && || !_ -_ == != < <= > >= in + - *'.split(' '));
const participantFields = { code: 'string', kind: 'string', tier: 'string', language: 'string' } as const;

// oxlint-disable-next-line typescript/no-extraneous-class
class ParticipantFacts {
  constructor(fields: SegmentFacts['participant']) {
    Object.assign(this, fields);
  }
}

/** What a segment counts for each participant, by the names in its condition. */
export function countedBySegment({ counters }: SegmentDocument): Map<string, Counted> {
  return new Map(
    Object.entries(counters).map(([name, { kinds, products, counts }]) => [
      name,
      { for: 'participant', measure: counts, scope: { kinds, ...(products && { products }) } },
    ]),
  );
}

/** Checks the condition of a segment and makes it ready to run; with problems it must not be run. Pure. */
export function compileSegment({ condition, counters }: SegmentDocument): CompiledSegment {
  // By its class the engine knows a value's type, and each segment has names of its own.
  // oxlint-disable-next-line typescript/no-extraneous-class
  class Counted {
    constructor(fields: SegmentFacts['counted']) {
      Object.assign(this, fields);
    }
  }
  const fields = Object.fromEntries(Object.keys(counters).map((name) => [name, 'int' as const]));
  const environment = new Environment({
    limits: { maxAstNodes: 200, maxDepth: 24, maxListElements: 100, maxMapEntries: 0, maxCallArguments: 1 },
  })
    .registerType('Participant', { ctor: ParticipantFacts, fields: participantFields })
    .registerType('Counted', { ctor: Counted, fields })
    .registerVariable('participant', 'Participant')
    .registerVariable('counted', 'Counted');
  try {
    const parsed = environment.parse(condition);
    const strange = strangeIn(parsed.ast);
    if (strange) return failed({ why: 'not-in-language', facts: { name: strange } });
    const checked = parsed.check();
    if (!checked.valid) throw checked.error!;
    if (checked.type !== 'bool')
      return failed({ why: 'gives', facts: { type: checked.type ?? '', wanted: 'bool' } });
    const holds = ({ participant, counted }: SegmentFacts): boolean =>
      parsed({ participant: new ParticipantFacts(participant), counted: new Counted(counted) }) === true;
    return { holds, problems: [] };
  } catch (error) {
    if (error instanceof ParseError || error instanceof CelTypeError)
      return failed({ why: 'expression', facts: { detail: error.summary } });
    throw error;
  }
}

function failed(why: Why): CompiledSegment {
  const holds = () => {
    throw new Error('a segment with problems is not run');
  };
  return { holds, problems: [{ code: 'expression-syntax', at: 'condition', ...why }] };
}

function strangeIn(node: ASTNode): string | null {
  if (!operators.has(node.op)) return node.op;
  const children = [node.args]
    .flat(2)
    .filter((arg) => typeof arg === 'object' && arg !== null && 'op' in arg);
  return children.map((child) => strangeIn(child as ASTNode)).find((found) => found !== null) ?? null;
}
