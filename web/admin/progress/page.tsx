import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useReader } from '../language.tsx';
import { me } from '../queries.ts';
import { TabbedPage } from '../tabbed.tsx';
import { Discounts } from './discounts.tsx';
import { Goals } from './goals.tsx';
import { Segments } from './segments.tsx';
import { Tiers } from './tiers.tsx';
import '../story.css';
import '../fields.css';
import './progress.css';

const views = ['goals', 'tiers', 'segments', 'discounts'] as const;
const pages = { goals: Goals, tiers: Tiers, segments: Segments, discounts: Discounts };

/** What adds up over time: how goals stand, who has which tier, who belongs to what, which discounts there are. */
export function ProgressPage() {
  const { show = 'goals', programme: named } = useSearch({ from: '/progress' });
  const { say } = useReader();
  const programmes = useQuery(me).data?.programmes ?? [];
  const programme = (programmes.find(({ code }) => code === named) ?? programmes[0])?.code;
  const tabs = views.map((view) => ({
    to: '/progress' as const,
    search: { ...(view !== 'goals' && { show: view }), ...(named && { programme: named }) },
    text: say(`admin.progress.${view}`),
    isChosen: view === show,
  }));
  const Chosen = pages[show];
  return (
    <TabbedPage
      title={say('admin.progress.title')}
      tabs={tabs}
      action={programmes.length > 1 && <Choose programmes={programmes} chosen={programme!} />}
    >
      {programme && <Chosen key={programme} programme={programme} />}
    </TabbedPage>
  );
}

/** Which of several programmes it is about. */
function Choose({ programmes, chosen }: { programmes: { code: string; name: string }[]; chosen: string }) {
  const { say } = useReader();
  const navigate = useNavigate({ from: '/progress' });
  return (
    <select
      className="input"
      aria-label={say('admin.progress.programme')}
      value={chosen}
      onChange={({ currentTarget: { value } }) =>
        void navigate({ search: (before) => ({ ...before, programme: value }) })
      }
    >
      {programmes.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
