import { Link } from 'wouter-preact';
import type { Activities, Activity, Discounts, Goals as Answer, Tiers } from './api.ts';
import { Bar, GoalCard } from './goal-card.tsx';
import { Icon } from './icon.tsx';
import { Facts, Loading, Page, Trouble } from './parts.tsx';
import { me } from './session.ts';
import { amount, moment, money, percent, t } from './texts.ts';
import { useRead } from './use-read.ts';

/** What adds up: goals with what is missing, the tier, the discount, and what was counted without a receipt. */
export function Goals() {
  const { data, problem, reload } = useRead<Answer>('/goals');
  return (
    <Page title={t('partner.goals')} back="/">
      <div class="columns">
        <div class="stack">
          {data?.items.map((goal) => (
            <GoalCard key={`${goal.rule.id} ${goal.owner}`} goal={goal} />
          ))}
          {data?.items.length === 0 && <p class="empty">{t('partner.goals.empty')}</p>}
          {!data && !problem && <Loading />}
          {problem && <Trouble problem={problem} retry={reload} />}
        </div>
        <div class="stack">
          <Tier />
          <DiscountCards />
          <Counted />
        </div>
      </div>
    </Page>
  );
}

function Tier() {
  const { data } = useRead<Tiers>(`/participants/${me.value!.id}/tiers`);
  if (!data || data.ladder.length === 0) return null;
  const { asOf, ladder, value, next, isEnding, says } = data;
  const here = ladder.findIndex(({ tier }) => tier === asOf.tier);
  return (
    <section class="card" aria-labelledby="tier">
      <header class="card-head">
        <h2 id="tier">{t('partner.tier')}</h2>
        <strong class="card-figure">{asOf.title}</strong>
      </header>
      <ol class="ladder">
        {ladder.map(({ tier, title }, i) => (
          <li key={tier} class={i <= here ? 'is-reached' : ''} aria-current={i === here ? 'step' : undefined}>
            {title}
          </li>
        ))}
      </ol>
      {next && value !== null && (
        <Bar share={value / Math.max(1, value + next.missing)} label={next.title} told={says[0] ?? ''} />
      )}
      {says.map((sentence, i) =>
        isEnding && i === says.length - 1 ? (
          <p key={sentence} class="notice wait with-icon">
            <Icon name="clock" />
            <span>{sentence}</span>
          </p>
        ) : (
          <p key={sentence}>{sentence}</p>
        ),
      )}
    </section>
  );
}

function DiscountCards() {
  const { data } = useRead<Discounts>('/discounts');
  return (
    <>
      {data?.items.map((discount) => (
        <Discount key={`${discount.code} ${discount.owner}`} {...discount} />
      ))}
    </>
  );
}

function Discount({
  title,
  owner,
  percent: now,
  table,
  why,
  next,
  volume,
  currency,
}: Discounts['items'][number]) {
  const counted = { counts: currency ? 'total' : 'quantity', currency };
  return (
    <section class="card" aria-label={title}>
      <header class="card-head">
        <h2>{title}</h2>
        <strong class="card-figure">{percent(now)}</strong>
      </header>
      <p class="faint">{owner}</p>
      {next && <Bar share={volume / next.from} label={title} told={why} />}
      <p>{why}</p>
      <ul class="goal-steps">
        {table
          .filter((step) => step.percent > 0)
          .map((step) => (
            <li
              key={step.from}
              class={step.percent <= now ? 'is-reached' : ''}
              aria-current={step.percent === now}
            >
              <span>{t('partner.discount.from', { from: amount(step.from, counted) })}</span>
              <strong class="figure">{percent(step.percent)}</strong>
            </li>
          ))}
      </ul>
    </section>
  );
}

/** What counted without a photo, such as what a till reports; each opens what the rules made of it. */
function Counted() {
  const { data } = useRead<Activities>('/activities?limit=20');
  const items = data?.items.filter(({ evidence, withdrawn }) => evidence === null && !withdrawn) ?? [];
  if (items.length === 0) return null;
  const latest = items.toSorted((a, b) => b.occurredAt.localeCompare(a.occurredAt)).slice(0, 8);
  return (
    <section class="stack" aria-labelledby="counted">
      <h2 id="counted">{t('partner.counted')}</h2>
      <ul class="rows">
        {latest.map((activity) => (
          <li key={activity.id}>
            <CountedRow activity={activity} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function CountedRow({
  activity: { id, outlet, occurredAt, totalMinor, currency, lines },
}: {
  activity: Activity;
}) {
  const pieces = lines.reduce((sum, { quantityMilli }) => sum + quantityMilli, 0);
  return (
    <Link href={`/counted/${id}`} class="row">
      <span class="row-main">
        <strong>{outlet.name}</strong>
        <Facts
          facts={[
            moment(occurredAt),
            pieces > 0 && `× ${amount(pieces, { counts: 'quantity', currency: null })}`,
            totalMinor > 0 && money(totalMinor, currency),
          ]}
        />
      </span>
      <span class="row-end">
        <span class="why">{t('partner.why')}</span>
      </span>
    </Link>
  );
}
