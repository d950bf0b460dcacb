import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, newKey, type GoalStanding } from '../api.ts';
import { TextField, Wrong } from '../fields.tsx';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { useIsManager } from './manager.ts';
import { ownerColumn } from './owner.ts';
import { decimalsIn, useAmount } from './amount.ts';
import { targets } from './queries.ts';
import { readTargets, type TargetRow } from './read-targets.ts';
import '../fields.css';

/** The API takes so many in one request. */
const batchSize = 1000;

/** Targets of people's own: those that were set, each version with its reason, and a table of new ones. */
export function Targets({ goal }: { goal: GoalStanding }) {
  const { say } = useReader();
  const isManager = useIsManager();
  return (
    <section className="section" aria-labelledby="targets">
      <h2 id="targets">{say('admin.targets.title')}</h2>
      <History goal={goal} />
      {isManager ? <SetTargets goal={goal} /> : <p className="is-soft">{say('admin.progress.managers')}</p>}
    </section>
  );
}

function History({ goal }: { goal: GoalStanding }) {
  const { say, day } = useReader();
  const amount = useAmount();
  const { data } = useQuery(targets(goal.rule.id));
  if (!data) return null;
  if (data.items.length === 0) return <p className="is-soft">{say('admin.targets.none')}</p>;
  const write = (value: number) => amount(goal.counts === 'share' ? value * 100 : value, goal);
  return (
    <>
      <table className="table targets">
        <thead>
          <tr>
            <th scope="col">{say(ownerColumn[goal.for])}</th>
            <th scope="col">{say('admin.column.counts-from')}</th>
            <th scope="col" className="is-number">
              {say('admin.column.version')}
            </th>
            <th scope="col" className="is-number">
              {say('admin.column.target')}
            </th>
            <th scope="col">{say('admin.column.reason')}</th>
            <th scope="col">{say('admin.column.by')}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map(({ owner, startsOn, version, value, reason, setBy, setAt }) => (
            <tr key={`${owner.id} ${startsOn} ${version}`}>
              <th scope="row">{owner.name}</th>
              <td>{day(startsOn)}</td>
              <td className="is-number">{version}</td>
              <td className="is-number">{write(value)}</td>
              <td className="is-soft">{reason}</td>
              <td className="is-soft">{say('admin.rules.changed', { who: setBy, day: day(setAt) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.total > data.items.length && (
        <p className="is-soft">{say('admin.targets.more', { count: data.total })}</p>
      )}
    </>
  );
}

function SetTargets({ goal }: { goal: GoalStanding }) {
  const { say } = useReader();
  const [text, setText] = useState('');
  const read = readTargets(text, decimalsIn(goal));
  const save = useSetTargets(goal, read.rows, () => setText(''));
  const isReady = read.rows.length > 0 && read.wrong.length === 0;
  return (
    <form
      className="set-targets"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) save.mutate();
      }}
    >
      <TextField
        label={say('admin.targets.set')}
        hint={say('admin.targets.hint', { example: exampleOf(goal) })}
        error={
          read.wrong.length > 0 && say('admin.targets.wrong', { rows: read.wrong.slice(0, 10).join(', ') })
        }
        value={text}
        change={(next) => {
          setText(next);
          save.reset();
        }}
        lines={5}
        isCode
      />
      <label className="file">
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={async ({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            currentTarget.value = '';
            if (file) setText(await file.text());
          }}
        />
        <Icon name="plus" /> {say('admin.targets.file')}
      </label>
      <div aria-live="polite">
        {save.data !== undefined && (
          <p className="is-good">
            <Icon name="check" /> {say('admin.targets.saved', { count: save.data })}
          </p>
        )}
        <Wrong error={save.error && (save.error.message || say('admin.launch.failed'))} />
      </div>
      <div>
        <Button type="submit" disabled={!isReady} loading={save.isPending}>
          {say('admin.targets.save', { count: read.rows.length })}
        </Button>
      </div>
    </form>
  );
}

/** Sets as many targets as there are rows, a thousand in each request. */
function useSetTargets(goal: GoalStanding, rows: readonly TargetRow[], done: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      for (let from = 0; from < rows.length; from += batchSize)
        await bodyOf(
          client.POST('/api/v1/targets', {
            params: { query: { programme: goal.programme } },
            headers: { 'idempotency-key': newKey() },
            body: {
              items: rows.slice(from, from + batchSize).map((row) => ({ rule: goal.rule.code, ...row })),
            },
          }),
        );
      return rows.length;
    },
    onSuccess: () => {
      done();
      return queries.invalidateQueries({ queryKey: ['progress'] });
    },
  });
}

function exampleOf({ for: kind, startsOn }: GoalStanding): string {
  const code = { participant: 'ivan', outlet: 'toko-maju', partner: 'permas-mart' }[kind];
  return `${code}; ${startsOn}; 180; …`;
}
