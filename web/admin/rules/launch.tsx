import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { bodyOf, client, newKey, type Rule } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';

/** What waits to go live: what it rests on, whether a second person is needed, and the decision. */
export function Launch({ rule }: { rule: Rule }) {
  const { say } = useReader();
  const { state, createdBy } = rule.versions[0]!;
  if (state !== 'draft' && state !== 'proposed') return null;
  return (
    <section className="section" aria-labelledby="launch">
      <h2 id="launch">{say('admin.launch.title')}</h2>
      <div className={rule.beyond || !rule.replay ? 'why is-wait' : 'why is-busy'}>
        <strong>
          <Replayed rule={rule} />
        </strong>
        {!rule.replay && (
          <p>
            <Link to="/rules/$id" params={{ id: rule.id }} search={{ show: 'replay' }}>
              {say('admin.launch.replay-first')}
            </Link>
          </p>
        )}
        <Beyond rule={rule} />
        {state === 'proposed' && <p>{say('admin.launch.proposed', { who: createdBy })}</p>}
      </div>
      <Decide rule={rule} isProposed={state === 'proposed'} />
    </section>
  );
}

function Replayed({ rule: { replay } }: { rule: Rule }) {
  const { say, day, number, name } = useReader();
  if (!replay) return say('admin.launch.not-replayed');
  const cost = Object.entries(replay.cost).map(([asset, units]) =>
    asset === 'points'
      ? say('admin.read.points', { count: units })
      : `${number(units)} ${name('admin.asset', asset)}`,
  );
  return say('admin.launch.replayed', {
    from: day(replay.firstDay),
    to: day(replay.lastDay),
    activities: number(replay.activities),
    cost: cost.join(', ') || '0',
  });
}

function Beyond({ rule: { beyond } }: { rule: Rule }) {
  const { say, number } = useReader();
  if (!beyond) return null;
  const { asset, units, limit } = beyond;
  const bound = { asset, limit: number(limit) };
  return (
    <p>
      {units === null
        ? say('admin.launch.beyond-unknown', bound)
        : say('admin.launch.beyond', { ...bound, units: number(units) })}
    </p>
  );
}

function Decide({ rule, isProposed }: { rule: Rule; isProposed: boolean }) {
  const { say } = useReader();
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const decide = useMutation({
    mutationFn: (what: 'launch' | 'decline') => send(rule, what, reason.trim()),
    onSuccess: async () => {
      setReason('');
      await queries.invalidateQueries({ queryKey: ['rules'] });
    },
  });
  const needsReason = !isProposed && !rule.replay;
  return (
    <form
      className="launch"
      onSubmit={(event) => {
        event.preventDefault();
        decide.mutate('launch');
      }}
    >
      {decide.error && (
        <p className="is-bad" role="alert">
          <Icon name="warning" /> {decide.error.message || say('admin.launch.failed')}
        </p>
      )}
      {(needsReason || isProposed) && (
        <TextInput
          label={say(isProposed ? 'admin.launch.why-not' : 'admin.launch.waiver')}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <div className="launch-row">
        <Button type="submit" loading={decide.isPending} disabled={needsReason && reason.trim() === ''}>
          {say(
            isProposed ? 'admin.launch.approve' : rule.beyond ? 'admin.launch.propose' : 'admin.launch.now',
          )}
        </Button>
        {isProposed && (
          <Button
            variant="default"
            disabled={reason.trim() === '' || decide.isPending}
            onClick={() => decide.mutate('decline')}
          >
            {say('admin.launch.decline')}
          </Button>
        )}
      </div>
    </form>
  );
}

/** The end of a rule that is live, with a reason; events of before stay judged by it. */
export function Retire({ rule }: { rule: Rule }) {
  const { say } = useReader();
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const { version, state } = rule.versions[0]!;
  const retire = useMutation({
    mutationFn: () =>
      bodyOf(
        client.POST('/api/v1/rules/{id}/retirement', {
          params: { path: { id: rule.id } },
          headers: { 'idempotency-key': newKey() },
          body: { version, reason: reason.trim() },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['rules'] }),
  });
  if (state !== 'live') return null;
  return (
    <section className="section" aria-labelledby="retire">
      <h2 id="retire">{say('admin.retire.title')}</h2>
      <p className="is-soft">{say('admin.retire.how')}</p>
      <form
        className="launch"
        onSubmit={(event) => {
          event.preventDefault();
          retire.mutate();
        }}
      >
        {retire.error && (
          <p className="is-bad" role="alert">
            <Icon name="warning" /> {retire.error.message || say('admin.launch.failed')}
          </p>
        )}
        <TextInput
          label={say('admin.retire.why')}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div className="launch-row">
          <Button type="submit" variant="default" loading={retire.isPending} disabled={reason.trim() === ''}>
            {say('admin.retire.now')}
          </Button>
        </div>
      </form>
    </section>
  );
}

function send({ id, versions, replay }: Rule, what: 'launch' | 'decline', reason: string) {
  const { version, state } = versions[0]!;
  const params = { path: { id } };
  const headers = { 'idempotency-key': newKey() };
  if (what === 'decline')
    return bodyOf(client.POST('/api/v1/rules/{id}/decline', { params, headers, body: { version, reason } }));
  const waiver = state === 'draft' && !replay ? { waiver: reason } : {};
  return bodyOf(client.POST('/api/v1/rules/{id}/launch', { params, headers, body: { version, ...waiver } }));
}
