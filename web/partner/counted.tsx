import type { Activity, Traces } from './api.ts';
import { Facts, Loading, Page, Points, Slip, SlipRow, Trouble } from './parts.tsx';
import { RulesSaid } from './rules-said.tsx';
import { exactMoment, money, number, t } from './texts.ts';
import { useRead } from './use-read.ts';

/** Something that was counted without a photo: what was reported, and what every rule made of it. */
export function Counted({ id }: { id: string }) {
  const { data, problem, reload } = useRead<Activity>(`/activities/${id}`);
  return (
    <Page title={data?.outlet.name ?? t('partner.why')} back="/goals">
      {data ? <Told activity={data} /> : problem ? <Trouble problem={problem} retry={reload} /> : <Loading />}
    </Page>
  );
}

function Told({ activity }: { activity: Activity }) {
  const { id, occurredAt, lines, totalMinor, currency } = activity;
  const { data, problem } = useRead<Traces>(`/activities/${id}/explanation`);
  const points = (data?.rules ?? [])
    .flatMap(({ awards, to }) => (to === null ? awards : []))
    .reduce((sum, { asset, units }) => (asset === 'points' ? sum + units : sum), 0);
  return (
    <div class="columns">
      <Slip label={t('partner.why.rules')}>
        <h2>{t('partner.why.rules')}</h2>
        {points > 0 && (
          <p class="hero">
            <Points units={points} isChange />
          </p>
        )}
        {data && <RulesSaid rules={data.rules} />}
        {problem && <Trouble problem={problem} />}
      </Slip>
      <Slip label={t('partner.why.sold')}>
        <header class="slip-head">
          <strong>{t('partner.why.sold')}</strong>
          <Facts facts={[exactMoment(occurredAt)]} />
        </header>
        <dl>
          {lines.map(({ line, text, product, quantityMilli, amountMinor }) => (
            <SlipRow
              key={line}
              class={product ? '' : 'idle'}
              label={`${number(quantityMilli / 1000)} × ${product?.name ?? text}`}
              value={money(amountMinor, currency)}
            />
          ))}
          <SlipRow class="sum" label={t('partner.slip.total')} value={money(totalMinor, currency)} />
        </dl>
      </Slip>
    </div>
  );
}
