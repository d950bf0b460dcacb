import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { bodyOf, client, type Replay, type Rule } from '../api.ts';
import { TextField } from '../fields.tsx';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { replayById, replaysOf, ruleNames } from '../queries.ts';
import { ReplayedResult } from './replay-result.tsx';
import '../fields.css';

/** What a rule would have cost: a replay to ask for, the one the address names, and those before. */
export function ReplayView({ rule }: { rule: Rule }) {
  const { run } = useSearch({ from: '/rules/$id' });
  const { data: before } = useQuery(replaysOf(rule.programme, rule.code));
  const shown = run ?? before?.items[0]?.id;
  return (
    <div className="replay">
      <Ask rule={rule} />
      {shown && <Asked key={shown} id={shown} rule={rule} />}
      {before && before.items.length > 1 && <Before items={before.items} shown={shown} rule={rule} />}
    </div>
  );
}

function Ask({ rule }: { rule: Rule }) {
  const { say } = useReader();
  const names = useQuery(ruleNames(rule.programme)).data;
  const [given, setGiven] = useState<{ from?: string; to?: string }>({});
  const ask = useAsk(rule);
  if (!names) return null;
  const period = { ...lastQuarter(names.startsOn, names.endsOn), ...given };
  const isPossible = period.from !== '' && period.from <= period.to;
  return (
    <form
      className="section ask"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate(period);
      }}
    >
      <h2>{say('admin.replay.title')}</h2>
      <p className="is-soft">{say('admin.replay.how', { version: rule.versions[0]!.version })}</p>
      <div className="ask-row">
        <TextField
          label={say('admin.column.from')}
          type="date"
          value={period.from}
          change={(from) => setGiven({ ...given, from })}
        />
        <TextField
          label={say('admin.column.to')}
          type="date"
          value={period.to}
          change={(to) => setGiven({ ...given, to })}
        />
        <Button type="submit" disabled={!isPossible} loading={ask.isPending}>
          {say('admin.replay.now')}
        </Button>
      </div>
      {ask.error && (
        <p className="is-bad" role="alert">
          <Icon name="warning" /> {ask.error.message || say('admin.launch.failed')}
        </p>
      )}
    </form>
  );
}

/** The last three whole months that the programme has behind it. */
function lastQuarter(startsOn: string, endsOn: string): { from: string; to: string } {
  const today = new Date().toISOString().slice(0, 10);
  const over = endsOn < today;
  const [year = 0, month = 1] = (over ? endsOn : today).split('-').map(Number);
  // Of a programme that is over the last month counts too.
  const end = over ? month : month - 1;
  const dayOf = (months: number, day: number) =>
    new Date(Date.UTC(year, months, day)).toISOString().slice(0, 10);
  const from = dayOf(end - 3, 1);
  return { from: from < startsOn ? startsOn : from, to: over ? endsOn : dayOf(end, 0) };
}

function useAsk(rule: Rule) {
  const queries = useQueryClient();
  const navigate = useNavigate({ from: '/rules/$id' });
  return useMutation({
    mutationFn: ({ from, to }: { from: string; to: string }) =>
      bodyOf(
        client.POST('/api/v1/replays', {
          body: { programme: rule.programme, rules: [rule.versions[0]!.document], from, to },
        }),
      ),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['replays', 'of'] });
      await navigate({ search: { show: 'replay', run: id } });
    },
  });
}

function Asked({ id, rule }: { id: string; rule: Rule }) {
  const { say, day } = useReader();
  const { data } = useQuery(replayById(id));
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => bodyOf(client.DELETE('/api/v1/replays/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['replays'] }),
  });
  const isDone = data?.state === 'done';
  // What a launch rests on has changed.
  useEffect(() => {
    if (isDone) void queries.invalidateQueries({ queryKey: ['rules', rule.id], exact: true });
  }, [isDone, queries, rule.id]);
  if (!data) return <div aria-busy="true" />;
  return (
    <section className="section" aria-labelledby="replayed">
      <h2 id="replayed">
        {say('admin.replay.period', { from: day(data.from), to: day(data.to) })} <StateOf replay={data} />
      </h2>
      {(data.state === 'waiting' || data.state === 'running') && (
        <Running replay={data} cancel={() => cancel.mutate()} isEnding={cancel.isPending} />
      )}
      {data.state === 'failed' && <p className="is-bad">{data.problem}</p>}
      {data.result && <ReplayedResult result={data.result} rule={rule} />}
      {data.result && <LaunchNext rule={rule} />}
    </section>
  );
}

const looks = {
  waiting: { icon: 'clock', tone: 'is-busy' },
  running: { icon: 'clock', tone: 'is-busy' },
  done: { icon: 'check', tone: 'is-good' },
  failed: { icon: 'warning', tone: 'is-bad' },
  cancelled: { icon: 'pause', tone: 'is-still' },
} as const;

function StateOf({ replay: { state } }: { replay: Replay }) {
  const { say } = useReader();
  const { icon, tone } = looks[state];
  return (
    <span className={`state is-boxed ${tone}`}>
      <Icon name={icon} />
      {say(`admin.replay.state.${state}`)}
    </span>
  );
}

function Running({
  replay: { evaluated, expected },
  cancel,
  isEnding,
}: {
  replay: Replay;
  cancel: () => void;
  isEnding: boolean;
}) {
  const { say, number } = useReader();
  return (
    <div className="running">
      <progress
        aria-label={say('admin.replay.progress')}
        {...(expected !== null && { value: evaluated, max: Math.max(expected, 1) })}
      />
      <span className="is-soft">
        {expected === null
          ? say('admin.replay.begins')
          : say('admin.replay.done-of', { done: number(evaluated), all: number(expected) })}
      </span>
      <Button size="xs" variant="default" loading={isEnding} onClick={cancel}>
        {say('admin.replay.cancel')}
      </Button>
    </div>
  );
}

/** The way on, when what was replayed is what waits to go live. */
function LaunchNext({ rule }: { rule: Rule }) {
  const { say } = useReader();
  const { state } = rule.versions[0]!;
  if (!rule.replay || (state !== 'draft' && state !== 'proposed')) return null;
  return (
    <p className="why is-good">
      {say('admin.replay.rests')}{' '}
      <Link to="/rules/$id" params={{ id: rule.id }} search={{}}>
        {say('admin.launch.title')}
      </Link>
    </p>
  );
}

type BeforeProps = { items: readonly Replay[]; shown: string | undefined; rule: Rule };

function Before({ items, shown, rule }: BeforeProps) {
  const { say, day, moment } = useReader();
  return (
    <section className="section">
      <h2>{say('admin.replay.before')}</h2>
      <ul className="replays">
        {items.map((replay) => (
          <li key={replay.id}>
            <Link
              to="/rules/$id"
              params={{ id: rule.id }}
              search={{ show: 'replay', run: replay.id }}
              aria-current={replay.id === shown ? 'page' : undefined}
            >
              {say('admin.replay.period', { from: day(replay.from), to: day(replay.to) })}
            </Link>
            <StateOf replay={replay} />
            <span className="is-faint">{moment(replay.createdAt)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
