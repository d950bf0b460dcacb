import { ActionIcon, Drawer, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import type { EvidenceRow } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useSay } from '../language.tsx';
import { Trouble } from '../notices.tsx';
import { evidenceDetail } from '../queries.ts';
import { Detail, DetailTitle } from './detail.tsx';
import { useReview } from './use-review.ts';

type Props = { id: string; rows: EvidenceRow[]; onStep: (by: 1 | -1) => void };

/** One receipt over the list, so that the place in the list is kept. Its address is the list's own with `open` in it. */
export function EvidenceDrawer({ id, rows, onStep }: Props) {
  const say = useSay();
  const search = useSearch({ from: '/evidence' });
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(evidenceDetail(id));
  const close = () => {
    const { open: _open, ...list } = search;
    void navigate({ to: '/evidence', search: list });
  };
  const reviewing = useReview(data, (next) => {
    void navigate({ to: '/evidence', search: { ...search, open: next }, replace: true });
  });
  useHotkeys([['Escape', close]]);
  useFocusBack(id);
  const at = rows.findIndex((row) => row.id === id);
  return (
    // Locking the page's scroll would write a style sheet at run time, which the content security policy forbids.
    <Drawer.Root
      opened
      onClose={close}
      position="right"
      size="min(1200px, 94vw)"
      closeOnEscape={false}
      lockScroll={false}
    >
      <Drawer.Overlay className="drawer-overlay" />
      <Drawer.Content className="drawer" aria-label={say('admin.detail.label')}>
        <header className="drawer-head" tabIndex={-1} data-autofocus>
          {data ? <DetailTitle evidence={data} /> : <span className="detail-title" />}
          <div className="drawer-tools">
            <Tool text={say('admin.detail.previous')} isOff={at <= 0} press={() => onStep(-1)}>
              <Icon name="up" />
            </Tool>
            <Tool
              text={say('admin.detail.next')}
              isOff={at < 0 || at >= rows.length - 1}
              press={() => onStep(1)}
            >
              <Icon name="down" />
            </Tool>
            <Tooltip label={say('admin.detail.page')}>
              <ActionIcon
                renderRoot={(props) => <Link {...props} to="/evidence/$id" params={{ id }} />}
                aria-label={say('admin.detail.page')}
              >
                <Icon name="expand" />
              </ActionIcon>
            </Tooltip>
            <Tool text={say('admin.detail.close')} press={close}>
              <Icon name="cross" />
            </Tool>
          </div>
        </header>
        {error && !data && <Trouble error={error} again={refetch} />}
        {data && <Detail evidence={data} reviewing={reviewing} />}
      </Drawer.Content>
    </Drawer.Root>
  );
}

type ToolProps = { text: string; press: () => void; isOff?: boolean; children: ReactNode };

function Tool({ text, press, isOff = false, children }: ToolProps) {
  return (
    <Tooltip label={text}>
      <ActionIcon onClick={press} aria-label={text} disabled={isOff}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** When the drawer closes, the focus is on the row of the receipt that was looked at last. */
function useFocusBack(id: string): void {
  useEffect(() => {
    return () => {
      requestAnimationFrame(() => document.getElementById(`row-${id}`)?.focus());
    };
  }, [id]);
}
