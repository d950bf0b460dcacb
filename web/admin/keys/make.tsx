import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, type ApiKey } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { keys, outletsFound } from '../queries.ts';

const abilities = ['record', 'quote', 'read'] as const satisfies readonly ApiKey['may'][number][];

type Abilities = ReadonlySet<ApiKey['may'][number]>;
/** Names of outlets by their codes. */
type Chosen = ReadonlyMap<string, string>;
type Made = { name: string; secret: string };

/** Whom the key is for, what it may do, where and until when. */
export function MakeKey({ done, leave }: { done: (made: Made) => void; leave: () => void }) {
  const { say } = useReader();
  const [name, setName] = useState('');
  const [may, setMay] = useState<Abilities>(new Set(['record']));
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [until, setUntil] = useState('');
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      bodyOf(
        client.POST('/api/v1/keys', {
          body: {
            name: name.trim(),
            may: abilities.filter((one) => may.has(one)),
            ...(chosen.size > 0 && { outlets: [...chosen.keys()] }),
            // To the end of that day on the reader's clock.
            ...(until && { expiresAt: new Date(`${until}T23:59:59`).toISOString() }),
          },
        }),
      ),
    onSuccess: async ({ key, secret }) => {
      done({ name: key.name, secret });
      await queries.invalidateQueries({ queryKey: keys.queryKey });
    },
  });
  return (
    <form
      className="key-form"
      aria-labelledby="make-key"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <h2 id="make-key">{say('admin.keys.make')}</h2>
      {make.error && (
        <p className="is-bad" role="alert">
          <Icon name="warning" /> {make.error.message || say('admin.trouble.unreachable')}
        </p>
      )}
      <TextInput
        label={say('admin.keys.name')}
        description={say('admin.keys.name.how')}
        value={name}
        maxLength={120}
        required
        autoFocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <May chosen={may} choose={setMay} />
      <Where chosen={chosen} choose={setChosen} />
      <TextInput
        type="date"
        label={say('admin.keys.expires')}
        description={say('admin.keys.expires.how')}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <div className="key-row">
        <Button type="submit" loading={make.isPending} disabled={name.trim() === '' || may.size === 0}>
          {say('admin.keys.make')}
        </Button>
        <Button variant="default" onClick={leave}>
          {say('admin.keys.leave')}
        </Button>
      </div>
    </form>
  );
}

function May({ chosen, choose }: { chosen: Abilities; choose: (may: Abilities) => void }) {
  const { say } = useReader();
  return (
    <fieldset className="key-choices">
      <legend>{say('admin.keys.may')}</legend>
      {abilities.map((one) => (
        <label key={one}>
          <input type="checkbox" checked={chosen.has(one)} onChange={() => choose(toggled(chosen, one))} />
          <span>
            {say(`admin.keys.may.${one}`)}
            <small>{say(`admin.keys.may.${one}.how`)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function toggled<T>(from: ReadonlySet<T>, one: T): ReadonlySet<T> {
  const next = new Set(from);
  if (!next.delete(one)) next.add(one);
  return next;
}

function Where({ chosen, choose }: { chosen: Chosen; choose: (chosen: Chosen) => void }) {
  const { say } = useReader();
  const [search, setSearch] = useState('');
  const { data } = useQuery(outletsFound(search.trim()));
  const found = new Map(data?.items.map(({ code, name }) => [code, name]));
  const toggle = (code: string, name: string) => {
    const next = new Map(chosen);
    if (!next.delete(code)) next.set(code, name);
    choose(next);
  };
  return (
    <details className="key-where">
      <summary>
        {chosen.size === 0 ? say('admin.keys.everywhere') : say('admin.keys.outlets', { count: chosen.size })}
      </summary>
      <TextInput
        label={say('admin.keys.search')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <fieldset className="key-choices">
        <legend>{say('admin.keys.where')}</legend>
        {[...new Map([...chosen, ...found])].map(([code, name]) => (
          <label key={code}>
            <input type="checkbox" checked={chosen.has(code)} onChange={() => toggle(code, name)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
