import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, type ApiKey } from '../api.ts';
import { Icon, type IconName } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { Empty, Trouble } from '../notices.tsx';
import { keys } from '../queries.ts';
import { useTitle } from '../tabbed.tsx';
import './keys.css';
import { MakeKey } from './make.tsx';
import { NewKey } from './new-key.tsx';

/** The systems that ask by themselves, each with a key of its own: who made it, what it may do, when it was used. */
export function KeysPage() {
  const { say } = useReader();
  const { data, error, refetch } = useQuery(keys);
  const [doing, setDoing] = useState<'nothing' | 'making' | { name: string; secret: string }>('nothing');
  useTitle(say('admin.keys.title'));
  return (
    <div className="page">
      <header className="head">
        <h1>{say('admin.keys.title')}</h1>
        {doing === 'nothing' && data && (
          <div className="head-action">
            <Button onClick={() => setDoing('making')}>{say('admin.keys.make')}</Button>
          </div>
        )}
      </header>
      <div className="scroll key-page" tabIndex={0} role="region" aria-label={say('admin.keys.title')}>
        {doing === 'making' && <MakeKey done={setDoing} leave={() => setDoing('nothing')} />}
        {typeof doing === 'object' && <NewKey {...doing} leave={() => setDoing('nothing')} />}
        {error && !data && <Trouble error={error} again={refetch} />}
        {data?.items.length === 0 && doing === 'nothing' && (
          <Empty title={say('admin.keys.empty')}>
            <p>{say('admin.keys.empty.how')}</p>
          </Empty>
        )}
        <ul className="key-list">
          {data?.items.map((key) => (
            <Key key={key.id} of={key} />
          ))}
        </ul>
      </div>
    </div>
  );
}

const looks: Record<ApiKey['state'], { icon: IconName; tone: string }> = {
  good: { icon: 'check', tone: 'is-good' },
  over: { icon: 'clock', tone: 'is-still' },
  revoked: { icon: 'cross', tone: 'is-bad' },
};

function Key({ of: key }: { of: ApiKey }) {
  const { say, moment, day } = useReader();
  const { icon, tone } = looks[key.state];
  const by = (who: string | null) => who ?? say('admin.keys.command-line');
  return (
    <li className={key.state === 'good' ? 'key' : 'key is-over'} aria-labelledby={`key-${key.id}`}>
      <div className="key-head">
        <h2 id={`key-${key.id}`}>{key.name}</h2>
        <code>…{key.ending}</code>
        <span className={`state is-boxed ${tone}`}>
          <Icon name={icon} />
          {say(`admin.keys.state.${key.state}`)}
        </span>
        {key.state === 'good' && <Revoke of={key} />}
      </div>
      <p>{key.may.map((one) => say(`admin.keys.may.${one}`)).join(' · ')}</p>
      <p className="is-soft">
        {key.outlets ? key.outlets.map(({ name }) => name).join(', ') : say('admin.keys.everywhere')}
      </p>
      <p className="is-faint">
        {say('admin.keys.made', { who: by(key.createdBy), when: day(key.createdAt) })}{' '}
        {key.revokedAt
          ? say('admin.keys.revoked', { who: by(key.revokedBy), when: moment(key.revokedAt) })
          : key.expiresAt && say('admin.keys.until', { when: moment(key.expiresAt) })}{' '}
        {key.lastUsedAt
          ? say('admin.keys.used', { when: moment(key.lastUsedAt) })
          : say('admin.keys.never-used')}
      </p>
    </li>
  );
}

/** Revoking cannot be taken back, so it is asked twice. */
function Revoke({ of: { id, name } }: { of: ApiKey }) {
  const { say } = useReader();
  const [isAsked, setAsked] = useState(false);
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => bodyOf(client.DELETE('/api/v1/keys/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.queryKey }),
  });
  if (!isAsked)
    return (
      <Button
        variant="default"
        className="key-action"
        aria-label={say('admin.keys.revoke.of', { name })}
        onClick={() => setAsked(true)}
      >
        {say('admin.keys.revoke')}
      </Button>
    );
  return (
    <span className="key-sure" role="alert">
      <span>{revoke.error ? revoke.error.message : say('admin.keys.revoke.sure')}</span>
      <Button variant="default" onClick={() => setAsked(false)}>
        {say('admin.keys.keep')}
      </Button>
      <Button className="key-bad" loading={revoke.isPending} onClick={() => revoke.mutate()} autoFocus>
        {say('admin.keys.revoke')}
      </Button>
    </span>
  );
}
