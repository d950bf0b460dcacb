import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, type ApiKey } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { keys } from '../queries.ts';
import { SearchMany } from '../search-select.tsx';

const abilities = ['record', 'quote', 'read'] as const satisfies readonly ApiKey['may'][number][];

type Abilities = ReadonlySet<ApiKey['may'][number]>;
type Made = { name: string; secret: string };

/** Whom the key is for, what it may do, where and until when. */
export function MakeKey({ done, leave }: { done: (made: Made) => void; leave: () => void }) {
  const { say } = useReader();
  const [name, setName] = useState('');
  const [may, setMay] = useState<Abilities>(new Set(['record']));
  const [chosen, setChosen] = useState<string[]>([]);
  const [until, setUntil] = useState('');
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      bodyOf(
        client.POST('/api/v1/keys', {
          body: {
            name: name.trim(),
            may: abilities.filter((one) => may.has(one)),
            ...(chosen.length > 0 && { outlets: chosen }),
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

function Where({ chosen, choose }: { chosen: string[]; choose: (codes: string[]) => void }) {
  const { say } = useReader();
  return (
    <details className="key-where">
      <summary>
        {chosen.length === 0
          ? say('admin.keys.everywhere')
          : say('admin.keys.outlets', { count: chosen.length })}
      </summary>
      <SearchMany
        of="outlets"
        label={say('admin.keys.where')}
        hint={say('admin.find.how')}
        value={chosen}
        change={choose}
        remove={(text) => say('admin.form.remove', { what: text })}
      />
    </details>
  );
}
