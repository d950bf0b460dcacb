import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Segment } from '../api.ts';
import { useReader } from '../language.tsx';
import { Trouble } from '../notices.tsx';
import { useWords } from '../rules/use-words.ts';
import { DocumentEditor } from './document.tsx';
import { documents, segmentMembers, segments } from './queries.ts';
import { readProgress } from './reading.ts';
import { asShown } from './shape.ts';
import { newSegment, untaken } from './templates.ts';

/** The segments with how many belong to each, who they are, and what decides it. */
export function Segments({ programme }: { programme: string }) {
  const { say } = useReader();
  const { data, error, refetch } = useQuery(segments(programme));
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  const newest = [...new Map(data.items.map((one) => [one.code, one])).values()];
  return (
    <div className="progress-body">
      {newest.length === 0 && <p className="is-soft">{say('admin.segments.none')}</p>}
      {newest.map((segment) => (
        <OneSegment key={segment.code} segment={segment} programme={programme} />
      ))}
      <DocumentEditor
        key={newest.length}
        title={say('admin.segments.new')}
        stored={null}
        template={untaken(
          newSegment,
          newest.map(({ code }) => code),
        )}
        programme={programme}
      />
    </div>
  );
}

function OneSegment({ segment, programme }: { segment: Segment; programme: string }) {
  const { say } = useReader();
  const [isOpen, setOpen] = useState(false);
  const stored = useQuery(documents(programme)).data?.items.findLast(
    ({ kind, code }) => kind === 'segment' && code === segment.code,
  );
  return (
    <section className="section progress-part" aria-labelledby={`segment-${segment.code}`}>
      <header>
        <h2 id={`segment-${segment.code}`}>{segment.title}</h2>
        <span className="rule-code">{segment.code}</span>
      </header>
      <Belong document={stored?.document ?? null} condition={segment.condition} programme={programme} />
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{say('admin.members', { count: segment.members })}</summary>
        {isOpen && <Members programme={programme} code={segment.code} />}
      </details>
      {stored && (
        <DocumentEditor
          key={stored.version}
          title={say('admin.document.decided')}
          stored={stored}
          template={newSegment}
          programme={programme}
        />
      )}
    </section>
  );
}

/** Who belongs to a segment, in plain words as far as they say it. */
function Belong({
  document,
  condition,
  programme,
}: {
  document: Record<string, unknown> | null;
  condition: string;
  programme: string;
}) {
  const reader = useReader();
  const words = useWords(programme);
  const shown = asShown(document);
  if (!words || !shown) return <code>{condition}</code>;
  return <p>{readProgress(shown, { reader, ...words }).join(' ')}</p>;
}

function Members({ programme, code }: { programme: string; code: string }) {
  const { say, day } = useReader();
  const { data } = useQuery(segmentMembers(programme, code));
  if (!data) return null;
  return (
    <ul className="members">
      {data.items.map(({ participant, name, since }) => (
        <li key={participant}>
          <Link to="/participants/$id" params={{ id: participant }}>
            {name}
          </Link>{' '}
          <span className="is-faint">{say('admin.segments.since', { day: day(since) })}</span>
        </li>
      ))}
      {data.next && <li className="is-soft">…</li>}
    </ul>
  );
}
