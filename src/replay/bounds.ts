import type { CompiledRule } from '../rules/compile.ts';
import { countedBy, type Limit } from '../rules/document.ts';
import { boundOf } from '../rules/evaluate-limits.ts';
import type { Use } from '../rules/evaluation.ts';

/** A limit that never binds: what is over it is paid and reported. */
const unbound = 2n ** 62n;

/** How much the limit that counts a use allows, among the versions of its rule; `isWhole`: what does not fit gets nothing. */
export function boundFor(
  rules: readonly CompiledRule[],
  of: Limit['of'],
  use: Use,
): { bound: bigint; isWhole: boolean } {
  const [per] = use.period.split(' ');
  const limit = rules
    .flatMap(({ document }) => document.limits ?? [])
    .find((one) => one.of === of && one.per === per && countedBy(one) === use.asset);
  const bound = !limit || limit.over === 'honour' ? unbound : boundOf(limit);
  return { bound, isWhole: limit?.over === 'nothing' };
}
