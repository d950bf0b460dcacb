import { Link, type LinkProps } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';

/** One view of a page: where it is, what it is called, whether it is shown. */
export type Tab = Pick<LinkProps, 'to' | 'params' | 'search'> & { text: string; isChosen: boolean };

/** Views of one thing, each at an address of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ text, isChosen, ...link }) => (
        <Link
          key={text}
          {...link}
          className={isChosen ? 'tab is-chosen' : 'tab'}
          aria-current={isChosen ? 'page' : undefined}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}

/** A page of lists: its title, what one can do there, its views, and the one that is chosen. */
export function TabbedPage({
  title,
  action,
  tabs,
  children,
}: {
  title: string;
  action?: ReactNode;
  tabs: readonly Tab[];
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <div className="page">
      <header className="head">
        <h1>{title}</h1>
        {action && <div className="head-action">{action}</div>}
      </header>
      <Tabs label={title} tabs={tabs} />
      <div className="scroll" tabIndex={0} role="region" aria-label={title}>
        {children}
      </div>
    </div>
  );
}

/** Names the page in the window and in the history. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title) document.title = `${title} · Mitra`;
  }, [title]);
}
