import { usageName, type Usage, type Use } from '../rules/evaluation.ts';
import type { RuleBook } from '../rules/select.ts';
import type { RuleId } from '../shared/id.ts';
import { worlds, type World } from './tally.ts';

/** What limits have granted so far in each world, and which of those that the two share stand otherwise in one of them. */
export type BothUsage = {
  of: Record<World, Usage>;
  differing: ReadonlySet<string>;
  /** Counts what was granted, or takes it back with the sign -1. */
  use(world: World, uses: readonly Use[], sign: 1n | -1n): void;
  /** Notes how much others have used of what is shared. */
  set(world: World, name: string, units: bigint): void;
};

/** `changed`: the rules that the worlds do not share; nothing is compared of theirs. */
export function openUsage(changed: RuleBook): BothUsage {
  const of = { live: new Map<string, bigint>(), proposed: new Map<string, bigint>() };
  const own = new Set<RuleId>(changed.rules.map(({ id }) => id));
  const differing = new Set<string>();
  const set = (world: World, name: string, units: bigint) => {
    of[world].set(name, units);
    // As `usageName` writes it, a name begins with the rule.
    if (own.has(name.slice(0, name.indexOf(' ')) as RuleId)) return;
    const [live, proposed] = worlds.map((each) => of[each].get(name) ?? 0n);
    if (live === proposed) differing.delete(name);
    else differing.add(name);
  };
  return {
    of,
    differing,
    set,
    use(world, uses, sign) {
      for (const each of uses) {
        const name = usageName(each);
        set(world, name, (of[world].get(name) ?? 0n) + sign * each.units);
      }
    },
  };
}
