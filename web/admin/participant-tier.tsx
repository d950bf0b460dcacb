import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, newKey, type Tiers } from './api.ts';
import { ChoiceField, TextField, Wrong } from './fields.tsx';
import { Icon } from './icons.tsx';
import { useReader } from './language.tsx';
import { Bar } from './progress/bar.tsx';
import { useIsManager } from './progress/manager.ts';
import { tiersOf } from './progress/queries.ts';
import './fields.css';

/** The tier of one participant: where it stands, how it came about, and one given by hand with a reason. */
export function ParticipantTier({ id }: { id: string }) {
  const { say, percent } = useReader();
  const isManager = useIsManager();
  const { data } = useQuery(tiersOf(id));
  if (!data || data.ladder.length === 0) return null;
  const { asOf, value, next, says, isEnding } = data;
  const share = next && value !== null ? value / Math.max(1, value + next.missing) : null;
  return (
    <section className="section" aria-labelledby="tier">
      <h2 id="tier">
        {say('admin.column.tier')}: {asOf.title}
      </h2>
      <div className="tier-now">
        {share !== null && (
          <Bar percent={share * 100} label={next!.title} told={`${next!.title}: ${percent(share)}`} />
        )}
        <ul>
          {says.map((sentence, i) => (
            <li key={sentence} className={isEnding && i === says.length - 1 ? 'is-wait' : 'is-soft'}>
              {isEnding && i === says.length - 1 && <Icon name="clock" />} {sentence}
            </li>
          ))}
        </ul>
        <History tiers={data} />
        {isManager && <Give id={id} tiers={data} />}
      </div>
    </section>
  );
}

function History({ tiers: { history, given } }: { tiers: Tiers }) {
  const { say, day } = useReader();
  const byHand = (from: string) => given.find((one) => one.from <= from && one.until >= from);
  return (
    <details>
      <summary>{say('admin.tier.history', { count: history.length })}</summary>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say('admin.column.from')}</th>
            <th scope="col">{say('admin.column.tier')}</th>
            <th scope="col">{say('admin.column.reason')}</th>
            <th scope="col">{say('admin.column.until')}</th>
          </tr>
        </thead>
        <tbody>
          {history.toReversed().map(({ from, title, reason, safeUntil }) => {
            const hand = reason === 'override' ? byHand(from) : undefined;
            return (
              <tr key={`${from} ${reason}`}>
                <td>{day(from)}</td>
                <th scope="row">{title}</th>
                <td className="is-soft">
                  {say(`admin.tier.reason.${reason}`)}
                  {hand && (
                    <span className="under">
                      {hand.reason} ({say('admin.rules.changed', { who: hand.by, day: day(hand.at) })})
                    </span>
                  )}
                </td>
                <td>{safeUntil ? day(safeUntil) : '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </details>
  );
}

function Give({ id, tiers: { ladder, asOf } }: { id: string; tiers: Tiers }) {
  const { say } = useReader();
  const queries = useQueryClient();
  const [tier, setTier] = useState(ladder.at(-1)!.tier);
  const [from, setFrom] = useState(asOf.day);
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const give = useMutation({
    mutationFn: () =>
      bodyOf(
        client.POST('/api/v1/participants/{id}/tier-overrides', {
          params: { path: { id }, query: {} },
          headers: { 'idempotency-key': newKey() },
          body: { tier, from, until, reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      setReason('');
      await queries.invalidateQueries({ queryKey: ['progress'] });
      await queries.invalidateQueries({ queryKey: ['participants'] });
    },
  });
  return (
    <details>
      <summary>{say('admin.tier.give')}</summary>
      <form
        className="set-targets"
        onSubmit={(event) => {
          event.preventDefault();
          give.mutate();
        }}
      >
        <ChoiceField
          label={say('admin.column.tier')}
          value={tier}
          change={setTier}
          options={ladder.map((one) => ({ value: one.tier, text: one.title }))}
        />
        <div className="quote-row">
          <TextField label={say('admin.column.from')} type="date" value={from} change={setFrom} />
          <TextField label={say('admin.column.until')} type="date" value={until} change={setUntil} />
        </div>
        <TextField label={say('admin.column.reason')} value={reason} change={setReason} />
        <div aria-live="polite">
          {give.isSuccess && (
            <p className="is-good">
              <Icon name="check" /> {say('admin.tier.given')}
            </p>
          )}
          <Wrong error={give.error && (give.error.message || say('admin.launch.failed'))} />
        </div>
        <div>
          <Button type="submit" disabled={!from || !until || reason.trim() === ''} loading={give.isPending}>
            {say('admin.tier.give-now')}
          </Button>
        </div>
      </form>
    </details>
  );
}
