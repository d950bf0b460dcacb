import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { EvidenceList, EvidenceRow } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader, useSay } from '../language.tsx';
import { Empty, Trouble } from '../notices.tsx';
import { evidenceList, evidencePageSize, me as meQuery } from '../queries.ts';
import type { EvidenceSearch } from '../routes.tsx';
import { EvidenceTable } from './table.tsx';
import { StateTabs } from './tabs.tsx';

const EvidenceDrawer = lazy(async () => ({ default: (await import('./drawer.tsx')).EvidenceDrawer }));

/** Every receipt as it comes in. The address holds filter, page and the receipt that lies open over the list. */
export function ListPage() {
  const search = useSearch({ from: '/evidence' });
  const say = useSay();
  const list = useQuery(evidenceList(search));
  const rows = list.data?.items ?? [];
  const fresh = useFresh(list.isPlaceholderData ? undefined : list.data, `${search.state}${search.before}`);
  const step = useSteps(rows, search);
  useTitle(say('admin.evidence.title'));
  return (
    <div className="page">
      <header className="head">
        <h1>{say('admin.evidence.title')}</h1>
        <Liveness isFailing={list.isError || list.failureCount > 0} updatedAt={list.dataUpdatedAt} />
        <ReviewButton list={list.data} />
      </header>
      <StateTabs chosen={search.state} list={list.data} />
      <div
        className={list.isPlaceholderData ? 'scroll is-dimmed' : 'scroll'}
        aria-busy={list.isPlaceholderData}
      >
        {list.isPending && <SkeletonRows />}
        {list.isError && !list.data && <Trouble error={list.error} again={list.refetch} />}
        {list.data && rows.length > 0 && <Rows rows={rows} search={search} fresh={fresh} />}
        {list.data && rows.length === 0 && <NothingYet search={search} />}
      </div>
      {list.data && <Foot list={list.data} search={search} />}
      <Suspense>{search.open && <EvidenceDrawer id={search.open} rows={rows} onStep={step} />}</Suspense>
    </div>
  );
}

function Rows({ rows, search, fresh }: { rows: EvidenceRow[]; search: EvidenceSearch; fresh: Set<string> }) {
  const currency = useQuery(meQuery).data?.programme.currency ?? '';
  return <EvidenceTable rows={rows} search={search} fresh={fresh} currency={currency} />;
}

/** Rows that were not there when this list was last looked at: they are marked for a moment, quietly. */
function useFresh(list: EvidenceList | undefined, listName: string): Set<string> {
  const known = useRef({ listName, ids: new Set<string>() });
  const [fresh, setFresh] = useState(new Set<string>());
  useEffect(() => {
    if (!list) return undefined;
    const before = known.current;
    const added = list.items.filter(({ id }) => !before.ids.has(id)).map(({ id }) => id);
    const isSameList = before.listName === listName && before.ids.size > 0;
    known.current = { listName, ids: new Set([...(isSameList ? before.ids : []), ...added]) };
    if (!isSameList || added.length === 0) return undefined;
    setFresh(new Set(added));
    const timer = setTimeout(() => setFresh(new Set()), 2500);
    return () => clearTimeout(timer);
  }, [list, listName]);
  return fresh;
}

/** `j` and `k` go through the rows: the focus in the list, the receipt in the drawer. Answers with the step taken. */
function useSteps(rows: EvidenceRow[], search: EvidenceSearch): (by: 1 | -1) => void {
  const navigate = useNavigate();
  const step = (by: 1 | -1) => {
    const focused = document.activeElement?.id.replace('row-', '');
    const at = rows.findIndex(({ id }) => id === (search.open ?? focused));
    const next = rows[at < 0 ? 0 : at + by];
    if (!next) return;
    if (search.open) void navigate({ to: '/evidence', search: { ...search, open: next.id }, replace: true });
    else document.getElementById(`row-${next.id}`)?.focus();
  };
  useHotkeys([
    ['j', () => step(1)],
    ['k', () => step(-1)],
  ]);
  return step;
}

function useTitle(title: string): void {
  useEffect(() => void (document.title = `${title} · Mitra`), [title]);
}

function Liveness({ isFailing, updatedAt }: { isFailing: boolean; updatedAt: number }) {
  const { say, clock } = useReader();
  if (!isFailing)
    return (
      <span className="live">
        <span className="live-dot" />
        {say('admin.evidence.live')}
      </span>
    );
  return (
    <span className="live is-wait" role="status">
      <Icon name="warning" />
      {say('admin.evidence.stale', { time: updatedAt ? clock(new Date(updatedAt).toISOString()) : '–' })}
    </span>
  );
}

/** Opens the first receipt that waits for a person, if there is one. */
function ReviewButton({ list }: { list: EvidenceList | undefined }) {
  const say = useSay();
  const count = list?.counts?.['needs-review'] ?? 0;
  const queue = useQuery({ ...evidenceList({ state: 'needs-review' }), refetchInterval: 10_000 }).data;
  const first = queue?.items[0];
  if (!first) return null;
  return (
    <Button
      className="head-action"
      renderRoot={(props) => <Link {...props} to="/evidence/$id" params={{ id: first.id }} />}
    >
      {say('admin.review.start', { count: count || queue.total })}
    </Button>
  );
}

function Foot({ list, search }: { list: EvidenceList; search: EvidenceSearch }) {
  const { say } = useReader();
  const { open: _open, before: _before, ...filter } = search;
  return (
    <footer className="foot">
      <span>{say('admin.evidence.count', { count: list.total })}</span>
      <span className="keys" aria-hidden="true">
        <kbd>j</kbd> <kbd>k</kbd> {say('admin.keys.move')} <kbd>↵</kbd> {say('admin.keys.open')}
      </span>
      {search.before && (
        <Link to="/evidence" search={filter}>
          {say('admin.evidence.newest')}
        </Link>
      )}
      {list.next && (
        <Link to="/evidence" search={{ ...filter, before: list.next }}>
          {say('admin.evidence.older', { count: evidencePageSize })}
        </Link>
      )}
    </footer>
  );
}

function NothingYet({ search }: { search: EvidenceSearch }) {
  const { say } = useReader();
  if (search.state)
    return (
      <Empty title={say('admin.empty.state')}>
        <Link to="/evidence">{say('admin.empty.state.all')}</Link>
      </Empty>
    );
  return (
    <Empty title={say('admin.empty.title')}>
      <p>{say('admin.empty.how')}</p>
      <Button component="a" href="/">
        {say('admin.empty.action')}
      </Button>
    </Empty>
  );
}

function SkeletonRows() {
  return (
    <div className="skeletons" aria-hidden="true">
      {Array.from({ length: 14 }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}
