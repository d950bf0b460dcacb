import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useReader } from './language.tsx';
import { Trouble } from './notices.tsx';
import { outlets, participants } from './queries.ts';
import { TabbedPage, type Tab } from './tabbed.tsx';

/** Who takes part: the outlets with their companies, and the people. Read-only. */
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
      {show === 'people' ? <People /> : <Outlets />}
    </TabbedPage>
  );
}

function Outlets() {
  const { say } = useReader();
  const { data, error, refetch } = useQuery(outlets);
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  return (
    <table className="table">
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
            <th scope="row">{outlet.name}</th>
            <td>{outlet.area}</td>
            <td>{outlet.partner}</td>
            <td>{outlet.distributor ?? '–'}</td>
            <td className="is-soft">{outlet.address}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function People() {
  const { say, name } = useReader();
  const { data, error, refetch } = useQuery(participants);
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  return (
    <table className="table">
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
              </Link>
            </th>
            <td>{name('admin.participant-kind', person.kind)}</td>
            <td>{name('admin.tier', person.tier)}</td>
            <td>{person.partner}</td>
            <td className="is-soft">{person.language}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
