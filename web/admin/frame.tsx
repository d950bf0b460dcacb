import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import mark from '../mark.svg';
import type { Language } from '../texts/say.ts';
import type { Me } from './api.ts';
import { Icon, type IconName } from './icons.tsx';
import { useReader, useSay } from './language.tsx';
import { me as meQuery, reviewQueue } from './queries.ts';

const SignIn = lazy(async () => ({ default: (await import('./sign-in.tsx')).SignIn }));
// Menus bring a library that places them; the page need not wait for it.
const PersonMenu = lazy(async () => ({ default: (await import('./person-menu.tsx')).PersonMenu }));

/** Who may look, and the frame around every page: where one is, who one is. */
export function Frame() {
  const me = useQuery(meQuery);
  useSentencesIn(useReader().language);
  if (me.isPending && me.fetchStatus === 'fetching') return <div className="start" aria-busy="true" />;
  if (me.data?.kind !== 'staff')
    return (
      <Suspense>
        <SignIn {...(me.data && { signedInAs: me.data.name })} />
      </Suspense>
    );
  return (
    <div className="frame">
      <Navigation me={me.data} />
      <main className="main" id="main" tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

/** The server writes sentences too: they are fetched again when the reader changes the language. */
function useSentencesIn(language: Language) {
  const queries = useQueryClient();
  const before = useRef(language);
  useEffect(() => {
    if (before.current !== language) void queries.invalidateQueries();
    before.current = language;
  }, [language, queries]);
}

function Navigation({ me }: { me: Me }) {
  const say = useSay();
  const waiting = useQuery({ ...reviewQueue, refetchInterval: 10_000 }).data?.total ?? 0;
  const list = useCurrentInSight(waiting);
  return (
    <nav className="nav" aria-label={say('admin.nav.label')}>
      <a className="skip" href="#main">
        {say('admin.nav.skip')}
      </a>
      <div className="nav-head">
        <img src={mark} alt="" width="26" height="26" />
        <span className="nav-names">
          <strong>{me.tenant.name}</strong>
          <span>{me.programme.name}</span>
        </span>
      </div>
      <ul className="nav-list" ref={list}>
        <li>
          <NavLink to="/evidence" icon="receipt" text={say('admin.nav.evidence')} />
        </li>
        <li className="nav-sub">
          <Link
            to="/evidence"
            search={{ state: 'needs-review' }}
            activeOptions={{ includeSearch: true, exact: false }}
          >
            {say('admin.nav.review')}
            {waiting > 0 && <span className="nav-count">{waiting}</span>}
          </Link>
        </li>
        <li>
          <NavLink to="/partners" icon="partners" text={say('admin.nav.partners')} />
        </li>
        <li>
          <NavLink to="/rules" icon="spark" text={say('admin.nav.rules')} />
        </li>
        <li>
          <NavLink to="/progress" icon="flag" text={say('admin.nav.progress')} />
        </li>
      </ul>
      <Suspense>
        <PersonMenu me={me} />
      </Suspense>
    </nav>
  );
}

/** On a phone the list is wider than the screen: where one is must be in sight. */
function useCurrentInSight(waiting: number) {
  const { pathname } = useLocation();
  const { language } = useReader();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const current = list.current?.querySelector('[aria-current=page]');
    current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname, language, waiting]);
  return list;
}

function NavLink({
  to,
  icon,
  text,
}: {
  to: '/evidence' | '/partners' | '/rules' | '/progress';
  icon: IconName;
  text: string;
}) {
  return (
    <Link to={to} activeOptions={{ includeSearch: false }}>
      <Icon name={icon} />
      {text}
    </Link>
  );
}
