import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useReader } from './language.tsx';
import { Empty, Trouble } from './notices.tsx';
import { outletPage, participantPage } from './queries.ts';
import { TabbedPage, type Tab } from './tabbed.tsx';
import './search-select.css';

/** The address is changed when typing has rested for so long. */
const restMs = 250;

/** Who takes part: the outlets with their companies, and the people. Read-only; the address holds search and page. */
export function PartnersPage() {
  const { show } = useSearch({ from: '/partners' });
  const { say } = useReader();
  const tabs: Tab[] = [
    { to: '/partners', search: {}, text: say('admin.partners.outlets'), isChosen: !show },
    {
      to: '/partners',
      search: { show: 'people' },
      text: say('admin.partners.people'),
      isChosen: show === 'people',
    },
  ];
  return (
    <TabbedPage title={say('admin.partners.title')} tabs={tabs}>
      <Search key={show} />
      {show === 'people' ? <People /> : <Outlets />}
    </TabbedPage>
  );
}

function Search() {
  const { show, search } = useSearch({ from: '/partners' });
  const { say } = useReader();
  const navigate = useNavigate();
  const look = useDebouncedCallback((typed: string) => {
    const text = typed.trim();
    void navigate({
      to: '/partners',
      search: { ...(show && { show }), ...(text && { search: text }) },
      replace: true,
    });
  }, restMs);
  return (
    <form className="list-search" role="search" onSubmit={(event) => event.preventDefault()}>
      <TextInput
        type="search"
        label={say(show ? 'admin.partners.find-person' : 'admin.partners.find-outlet')}
        defaultValue={search}
        maxLength={60}
        onChange={(event) => look(event.currentTarget.value)}
      />
    </form>
  );
}

function Outlets() {
  const { say } = useReader();
  const { search, before } = useSearch({ from: '/partners' });
  const { data, error, refetch, isPlaceholderData } = useQuery(outletPage({ search, before }));
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  if (data.items.length === 0) return <Nothing />;
  return (
    <>
      <table className={isPlaceholderData ? 'table is-dimmed' : 'table'}>
        <thead>
          <tr>
            <th scope="col">{say('admin.column.outlet')}</th>
            <th scope="col">{say('admin.column.area')}</th>
            <th scope="col">{say('admin.column.owner')}</th>
            <th scope="col">{say('admin.column.distributor')}</th>
            <th scope="col">{say('admin.column.address')}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((outlet) => (
            <tr key={outlet.id}>
              <th scope="row">
                {outlet.name} <span className="is-faint">{outlet.code}</span>
              </th>
              <td>{outlet.area}</td>
              <td>{outlet.partner}</td>
              <td>{outlet.distributor ?? '–'}</td>
              <td className="is-soft">{outlet.address}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pages next={data.next} />
    </>
  );
}

function People() {
  const { say, name } = useReader();
  const { search, before } = useSearch({ from: '/partners' });
  const { data, error, refetch, isPlaceholderData } = useQuery(participantPage({ search, before }));
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  if (data.items.length === 0) return <Nothing />;
  return (
    <>
      <table className={isPlaceholderData ? 'table is-dimmed' : 'table'}>
        <thead>
          <tr>
            <th scope="col">{say('admin.column.participant')}</th>
            <th scope="col">{say('admin.column.kind')}</th>
            <th scope="col">{say('admin.column.tier')}</th>
            <th scope="col">{say('admin.column.owner')}</th>
            <th scope="col">{say('admin.column.language')}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((person) => (
            <tr key={person.id} className="row">
              <th scope="row">
                <Link className="row-link" to="/participants/$id" params={{ id: person.id }}>
                  {person.name}
                </Link>{' '}
                <span className="is-faint">{person.code}</span>
              </th>
              <td>{name('admin.participant-kind', person.kind)}</td>
              <td>{name('admin.tier', person.tier)}</td>
              <td>{person.partner}</td>
              <td className="is-soft">{person.language}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pages next={data.next} />
    </>
  );
}

function Nothing() {
  const { say } = useReader();
  return (
    <Empty title={say('admin.find.none')}>
      <p>{say('admin.find.how')}</p>
    </Empty>
  );
}

function Pages({ next }: { next: string | null }) {
  const { say } = useReader();
  const { before, ...list } = useSearch({ from: '/partners' });
  const foot = useRef<HTMLParagraphElement>(null);
  // Another page is read from its first row on.
  useEffect(() => void foot.current?.closest('.scroll')?.scrollTo(0, 0), [before]);
  if (!before && !next) return null;
  return (
    <p className="foot" ref={foot}>
      {before && (
        <Link to="/partners" search={list}>
          {say('admin.page.first')}
        </Link>
      )}
      {next && (
        <Link to="/partners" search={{ ...list, before: next }}>
          {say('admin.page.next')}
        </Link>
      )}
    </p>
  );
}
