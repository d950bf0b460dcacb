import { useSearch } from '@tanstack/react-router';
import { useReader } from '../language.tsx';
import { TabbedPage } from '../tabbed.tsx';
import { Discounts } from './discounts.tsx';
import { Goals } from './goals.tsx';
import { Segments } from './segments.tsx';
import { Tiers } from './tiers.tsx';
import '../story.css';
import './progress.css';

const views = ['goals', 'tiers', 'segments', 'discounts'] as const;
const pages = { goals: Goals, tiers: Tiers, segments: Segments, discounts: Discounts };

/** What adds up over time: how goals stand, who has which tier, who belongs to what, which discounts there are. */
export function ProgressPage() {
  const { show = 'goals' } = useSearch({ from: '/progress' });
  const { say } = useReader();
  const tabs = views.map((view) => ({
    to: '/progress' as const,
    search: view === 'goals' ? {} : { show: view },
    text: say(`admin.progress.${view}`),
    isChosen: view === show,
  }));
  const Chosen = pages[show];
  return (
    <TabbedPage title={say('admin.progress.title')} tabs={tabs}>
      <Chosen />
    </TabbedPage>
  );
}
