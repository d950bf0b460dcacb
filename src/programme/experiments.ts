import type { Experiment } from '../rules/document-experiment.ts';
import type { StoredRule } from '../rules/read-rules.ts';
import { canonicalJson } from '../shared/canonical.ts';

/** An experiment with the rules that share its split. */
export type RunningExperiment = {
  experiment: Experiment;
  /** The launched versions that say so now, or said so last. */
  rules: StoredRule[];
  /** Since when the split is what it is; null: since the beginning of the programme. */
  from: Date | null;
  /** When the last of its rules ended or left it; null: it is running. */
  until: Date | null;
};

/**
 * The experiments among the launched versions of a programme's rules (in order of version), in order of name. Where the share
 * or the measure was changed, what came before is another comparison and is left out. Pure.
 */
export function experimentsOf(launched: readonly StoredRule[]): RunningExperiment[] {
  const byRule = [...Map.groupBy(launched, ({ id }) => id).values()];
  const names = new Set(launched.flatMap(({ document }) => document.experiment?.name ?? []));
  return [...names].toSorted().map((name) => {
    const parts = byRule.flatMap((versions) => partOf(name, versions));
    const newest = parts.reduce((a, b) => (a.last.createdAt < b.last.createdAt ? b : a)).last;
    const experiment = newest.document.experiment!;
    const same = parts.filter(({ last }) => isSame(last, experiment));
    const starts = same.map(({ since }) => since);
    const ends = same.map(({ until }) => until);
    return {
      experiment,
      rules: same.map(({ last }) => last),
      from: starts.includes(null) ? null : earliest(starts as Date[]),
      until: ends.includes(null) ? null : latest(ends as Date[]),
    };
  });
}

// The newest version of a rule that is in the experiment, since when it has been so without a change, and until when.
function partOf(name: string, versions: readonly StoredRule[]) {
  const isIn = ({ state, document }: StoredRule) => state === 'live' && document.experiment?.name === name;
  const at = versions.findLastIndex(isIn);
  if (at < 0) return [];
  const last = versions[at]!;
  let first = at;
  while (first > 0 && isIn(versions[first - 1]!) && isSame(versions[first - 1]!, last.document.experiment!))
    first -= 1;
  const next = versions[at + 1];
  return [
    {
      last,
      since: versions[first]!.effectiveFrom,
      until: next ? (next.effectiveFrom ?? next.createdAt) : null,
    },
  ];
}

function isSame({ document }: StoredRule, experiment: Experiment): boolean {
  return canonicalJson(document.experiment) === canonicalJson(experiment);
}

const earliest = (dates: readonly Date[]): Date => dates.reduce((a, b) => (a < b ? a : b));
const latest = (dates: readonly Date[]): Date => dates.reduce((a, b) => (a > b ? a : b));
