import { attributesOf, isKnownKind, knownKinds } from '../activity/kinds.ts';
import type { ProgrammeSettings } from '../network/programmes.ts';
import { canonicalJson } from '../shared/canonical.ts';
import type { RuleDocument } from './document.ts';
import type { RuleProblem } from './problem.ts';

/** Names that codes in documents must be among, by kind; kinds that are absent are not checked. */
export type KnownNames = Partial<Record<NamedKind, readonly string[]>> & {
  /** Kinds of activity as the programme declares them; absent or none: any name will do, without attributes. */
  kinds?: ProgrammeSettings['kinds'] | undefined;
};
export type NamedKind =
  | 'assets'
  | 'tiers'
  | 'segments'
  | 'areas'
  | 'channels'
  | 'outlets'
  | 'participantKinds'
  | 'lists'
  | 'skus'
  | 'categories';

/** The names that a document uses, with their kind and their place. */
export function namesIn({ scope, effects }: RuleDocument): {
  kind: NamedKind;
  at: string;
  names: readonly string[];
}[] {
  const { audience = {}, products = {} } = scope;
  const lists = { ...audience, ...products } as Partial<Record<string, unknown>>;
  const kinds = [
    'participantKinds',
    'tiers',
    'segments',
    'areas',
    'channels',
    'outlets',
    'lists',
    'skus',
    'categories',
  ] as const;
  return [
    ...effects.flatMap((effect, index) =>
      'asset' in effect
        ? [{ kind: 'assets' as const, at: `effects[${index}].asset`, names: [effect.asset] }]
        : [],
    ),
    ...kinds.map((kind) => ({
      kind,
      at: `scope.${kind in products ? 'products' : 'audience'}.${kind}`,
      names: (lists[kind] as readonly string[] | undefined) ?? [],
    })),
  ];
}

/** The names in a document that nobody knows. */
export function unknownNames(document: RuleDocument, known: KnownNames): RuleProblem[] {
  const named = namesIn(document).flatMap(({ kind, at, names }) =>
    names
      .filter((name) => known[kind] && !known[kind].includes(name))
      .map((name) => ({
        code: 'unknown-name' as const,
        at,
        why: 'unknown-name' as const,
        facts: { name },
      })),
  );
  return [...named, ...kindProblems(document, known)];
}

// What is not declared for any of the kinds would always be missing, and of two types one would be.
function kindProblems({ scope: { kinds, attributes = {} } }: RuleDocument, known: KnownNames): RuleProblem[] {
  if (!('kinds' in known)) return [];
  const unknown = kinds.filter((kind) => !isKnownKind(kind, known.kinds));
  return [
    ...unknown.map((kind) => ({
      code: 'unknown-name' as const,
      at: 'scope.kinds',
      why: 'unknown-kind' as const,
      facts: { kind, known: knownKinds(known.kinds!).join(', ') },
    })),
    ...Object.entries(attributes).flatMap(([name, type]): RuleProblem[] => {
      const at = `scope.attributes.${name}`;
      const types = kinds.flatMap((kind) => {
        const declared = attributesOf(kind, known.kinds);
        return Object.hasOwn(declared, name) ? [{ kind, type: declared[name] }] : [];
      });
      if (types.length === 0)
        return [
          { code: 'unknown-name', at, why: 'attribute-undeclared', facts: { name, kinds: kinds.join(', ') } },
        ];
      return types.flatMap((one) =>
        one.type === type
          ? []
          : [
              {
                code: 'contradiction',
                at,
                why: 'attribute-type',
                facts: { name, kind: one.kind, declared: one.type!, type },
              },
            ],
      );
    }),
  ];
}

/** What keeps a document from standing beside the other rules of its programme. `others` are those that are not retired. */
export function neighbourProblems(document: RuleDocument, others: readonly RuleDocument[]): RuleProblem[] {
  const neighbours = others.filter(({ code }) => code !== document.code);
  return [...stackingProblems(document, neighbours), ...experimentProblems(document, neighbours)];
}

// A group has one mode and pays in one way, or its result would depend on which rule came first.
function stackingProblems(document: RuleDocument, others: readonly RuleDocument[]): RuleProblem[] {
  const { group, mode } = document.stacking;
  const multiplies = ({ effects }: RuleDocument) => effects[0]!.kind === 'multiply';
  const inGroup = others.filter((other) => other.stacking.group === group);
  const otherMode = inGroup.find((other) => other.stacking.mode !== mode);
  const otherKind = inGroup.find((other) => multiplies(other) !== multiplies(document));
  const problems: RuleProblem[] = [];
  if (otherMode) {
    const facts = { group, mode: otherMode.stacking.mode, rule: otherMode.code };
    problems.push({ code: 'contradiction', at: 'stacking.mode', why: 'group-mode', facts });
  }
  if (otherKind) {
    const facts = { group, rule: otherKind.code };
    problems.push({ code: 'contradiction', at: 'stacking.group', why: 'group-pays', facts });
  }
  return problems;
}

// An experiment has one split and one measure, or nobody could say what was compared.
function experimentProblems({ experiment }: RuleDocument, others: readonly RuleDocument[]): RuleProblem[] {
  if (!experiment) return [];
  const other = others.find(
    (one) =>
      one.experiment?.name === experiment.name && canonicalJson(one.experiment) !== canonicalJson(experiment),
  );
  if (!other) return [];
  const facts = { name: experiment.name, rule: other.code };
  return [{ code: 'contradiction', at: 'experiment', why: 'experiment-differs', facts }];
}
