import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, newKey, type Link as Tie, type Participant } from './api.ts';
import { ChoiceField, TextField, Wrong } from './fields.tsx';
import { Icon } from './icons.tsx';
import { useReader } from './language.tsx';
import { useIsManager } from './progress/manager.ts';
import { linksOf } from './queries.ts';
import './fields.css';
import './progress/progress.css';

/** To whom and to what somebody is linked, and who to them: whom rules may pay instead of each other. */
export function ParticipantLinks({ participant }: { participant: Participant }) {
  const { say } = useReader();
  const isManager = useIsManager();
  const { data } = useQuery(linksOf(participant.code));
  if (!data || (data.length === 0 && !isManager)) return null;
  return (
    <section className="section" aria-labelledby="links">
      <h2 id="links">{say('admin.links.title')}</h2>
      <div className="tier-now">
        {data.length > 0 && <Links links={data} />}
        {isManager && <LinkThem participant={participant} />}
      </div>
    </section>
  );
}

function Links({ links }: { links: Tie[] }) {
  const { say, name, day } = useReader();
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say('admin.links.person')}</th>
          <th scope="col">{say('admin.links.link')}</th>
          <th scope="col">{say('admin.links.subject')}</th>
          <th scope="col">{say('admin.column.from')}</th>
          <th scope="col">{say('admin.links.until')}</th>
        </tr>
      </thead>
      <tbody>
        {links.map(({ link, of, subject, person, from, until }) => (
          <tr key={`${link} ${subject.id} ${from}`}>
            <th scope="row">{person.name}</th>
            <td>{link}</td>
            <td>
              {subject.name} <span className="is-soft">{name('admin.links.of', of)}</span>
            </td>
            <td>{day(from)}</td>
            <td>{until ? day(until) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const things = ['participant', 'outlet', 'partner'] as const;
type Thing = (typeof things)[number];

function LinkThem({ participant: { code, name: who } }: { participant: Participant }) {
  const { say, name } = useReader();
  const queries = useQueryClient();
  const [link, setLink] = useState('referrer');
  const [of, setOf] = useState<Thing>('participant');
  const [subject, setSubject] = useState('');
  const [from, setFrom] = useState('');
  const set = useMutation({
    mutationFn: () =>
      bodyOf(
        client.POST('/api/v1/links', {
          headers: { 'idempotency-key': newKey() },
          body: { items: [{ link, of, subject: subject.trim(), person: code, from }] },
        }),
      ),
    onSuccess: async () => {
      setSubject('');
      await queries.invalidateQueries({ queryKey: ['links'] });
    },
  });
  return (
    <details>
      <summary>{say('admin.links.add', { name: who })}</summary>
      <form
        className="set-targets"
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate();
        }}
      >
        <div className="quote-row">
          <TextField label={say('admin.links.link')} value={link} change={setLink} isCode />
          <TextField label={say('admin.column.from')} type="date" value={from} change={setFrom} />
        </div>
        <div className="quote-row">
          <ChoiceField
            label={say('admin.links.of')}
            value={of}
            change={(value) => setOf(value as Thing)}
            options={things.map((one) => ({ value: one, text: name('admin.links.of', one) }))}
          />
          <TextField label={say('admin.links.code')} value={subject} change={setSubject} isCode />
        </div>
        <div aria-live="polite">
          {set.isSuccess && (
            <p className="is-good">
              <Icon name="check" /> {say('admin.links.set')}
            </p>
          )}
          <Wrong error={set.error && (set.error.message || say('admin.launch.failed'))} />
        </div>
        <div>
          <Button type="submit" disabled={!link || !from || subject.trim() === ''} loading={set.isPending}>
            {say('admin.links.save')}
          </Button>
        </div>
      </form>
    </details>
  );
}
