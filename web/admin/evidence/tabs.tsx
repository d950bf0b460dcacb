import { Link } from '@tanstack/react-router';
import { evidenceStates, type EvidenceList, type EvidenceState } from '../api.ts';
import { useReader } from '../language.tsx';

/** The states as saved views: each a link, so that a filter can be shared, opened beside and gone back from. */
export function StateTabs({
  chosen,
  list,
}: {
  chosen: EvidenceState | undefined;
  list: EvidenceList | undefined;
}) {
  const { say, number, name } = useReader();
  const countOf = (state: EvidenceState | undefined): number | undefined => {
    if (!list?.counts) return state === chosen ? list?.total : undefined;
    if (state) return list.counts[state] ?? 0;
    return evidenceStates.reduce((sum, each) => sum + (list.counts?.[each] ?? 0), 0);
  };
  return (
    <nav className="tabs" aria-label={say('admin.evidence.filter')}>
      {[undefined, ...evidenceStates].map((state) => {
        const count = countOf(state);
        return (
          <Link
            key={state ?? 'all'}
            to="/evidence"
            search={state ? { state } : {}}
            className={state === chosen ? 'tab is-chosen' : 'tab'}
            aria-current={state === chosen ? 'page' : undefined}
          >
            {state ? name('admin.state', state) : say('admin.state.all')}
            {count !== undefined && (
              <span className={count ? 'tab-count' : 'tab-count is-none'}>{number(count)}</span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}
