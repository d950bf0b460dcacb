import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Icon } from '../icons.tsx';
import { useSay } from '../language.tsx';
import { Trouble } from '../notices.tsx';
import { evidenceDetail } from '../queries.ts';
import { Detail, DetailTitle } from './detail.tsx';
import { useReview } from './use-review.ts';

/** One receipt on a page of its own: the address to send to a colleague, and the place to work through the queue. */
export function EvidencePage() {
  const { id } = useParams({ from: '/evidence/$id' });
  const navigate = useNavigate();
  const say = useSay();
  const { data, error, refetch } = useQuery(evidenceDetail(id));
  const reviewing = useReview(data, (next) => void navigate({ to: '/evidence/$id', params: { id: next } }));
  useEffect(() => {
    if (data) document.title = `${data.merchant ?? data.participant.name} · Mitra`;
  }, [data]);
  return (
    <div className="page">
      <header className="head is-detail">
        <Link className="back" to="/evidence" search={reviewing ? { state: 'needs-review' } : {}}>
          <Icon name="left" />
          {say(reviewing ? 'admin.nav.review' : 'admin.nav.evidence')}
        </Link>
        {data && <DetailTitle evidence={data} />}
      </header>
      {error && !data && <Trouble error={error} again={refetch} />}
      {data && <Detail evidence={data} reviewing={reviewing} />}
    </div>
  );
}
