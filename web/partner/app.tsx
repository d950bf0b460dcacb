import { Link, Route, Switch, useLocation } from 'wouter-preact';
import mark from '../mark.svg';
import type { Problem } from './api.ts';
import { Icon, type IconName } from './icon.tsx';
import { Trouble } from './parts.tsx';
import { Counted } from './counted.tsx';
import { Goals } from './goals.tsx';
import { Home } from './home.tsx';
import { Messages } from './messages.tsx';
import { Receipt } from './receipt.tsx';
import { Sending } from './sending.tsx';
import { me, unread } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { Statement } from './statement.tsx';
import { language, t, type Key } from './texts.ts';
import { Why } from './why.tsx';
import { You } from './you.tsx';

export function App({ problem }: { problem: Problem | null }) {
  if (!me.value) {
    return problem ? <Trouble problem={problem} retry={() => location.reload()} /> : <SignIn />;
  }
  return (
    // The language is the key: with another one, everything is written anew.
    <div class="app" key={language.value}>
      <Navigation />
      <Switch>
        <Route path="/sending">{() => <Sending />}</Route>
        <Route path="/receipts/:id">{({ id }) => <Receipt id={id} key={id} />}</Route>
        <Route path="/goals">{() => <Goals />}</Route>
        <Route path="/counted/:id">{({ id }) => <Counted id={id} key={id} />}</Route>
        <Route path="/statement">{() => <Statement />}</Route>
        <Route path="/statement/:id">{({ id }) => <Why id={id} />}</Route>
        <Route path="/messages">{() => <Messages />}</Route>
        <Route path="/you">{() => <You />}</Route>
        <Route>{() => <Home />}</Route>
      </Switch>
    </div>
  );
}

const tabs: { href: string; icon: IconName; label: Key }[] = [
  { href: '/', icon: 'home', label: 'partner.nav.home' },
  { href: '/statement', icon: 'statement', label: 'partner.nav.statement' },
  { href: '/messages', icon: 'messages', label: 'partner.nav.messages' },
  { href: '/you', icon: 'you', label: 'partner.nav.you' },
];

/** Screens that are reached from home. */
const homeScreens = /^\/($|receipts|goals|counted)/;

function Navigation() {
  const [here] = useLocation();
  return (
    <nav class="tabs" aria-label={t('partner.nav')}>
      <span class="tabs-name">
        <img src={mark} alt="" width="28" height="28" />
        {me.value?.programme.name}
      </span>
      {tabs.map(({ href, icon, label }) => {
        const isHere = href === '/' ? homeScreens.test(here) : here.startsWith(href);
        const count = href === '/messages' ? unread.value : 0;
        return (
          <Link href={href} class="tab" aria-current={isHere ? 'page' : undefined}>
            <Icon name={icon} />
            <span>{t(label)}</span>
            {count > 0 && (
              <span class="badge figure">
                {count}
                <span class="unseen">{t('partner.messages.unread', { count })}</span>
              </span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}
