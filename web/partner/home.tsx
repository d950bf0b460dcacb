import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { EvidenceList, EvidenceRow, Goal, Goals, Wallet } from './api.ts';
import { GoalBar } from './goal-card.tsx';
import { Icon } from './icon.tsx';
import { Facts, Loading, nameOf, Page, Points, Slip, StateMark, Trouble } from './parts.tsx';
import { nameOfOutgoing, outgoing } from './outgoing.ts';
import { me } from './session.ts';
import { SnapBar } from './snap-bar.tsx';
import { day, moment, money, t } from './texts.ts';
import { useRead } from './use-read.ts';

/** Whether anything may still happen to it without a person's doing. */
export const isOnItsWay = ({ state }: EvidenceRow): boolean => state === 'waiting' || state === 'reading';

/** What I have, what I sent last, and one big button. */
export function Home() {
  const list = useRead<EvidenceList>('/evidence?limit=5', ({ items }) => items.some(isOnItsWay));
  const isSending = outgoing.value !== null;
  const wasSending = useRef(isSending);
  useEffect(() => {
    if (wasSending.current && !isSending) list.reload();
    wasSending.current = isSending;
  }, [isSending]);
  const settled = list.data?.items.filter((row) => !isOnItsWay(row)).length ?? 0;
  return (
    <Page title={t('partner.home.hello', { name: me.value?.name ?? '' })}>
      <div class="columns">
        <div class="stack">
          {/* The balance is read again whenever one more receipt is done. */}
          <Balance key={settled} />
          <NextGoal key={`goal ${settled}`} />
          <SnapBar />
        </div>
        <section class="stack">
          <h2>{t('partner.home.receipts')}</h2>
          {outgoing.value && <OutgoingRow />}
          {list.data ? <Receipts items={list.data.items} /> : !list.problem && <Loading />}
          {list.problem && <Trouble problem={list.problem} retry={list.reload} />}
        </section>
      </div>
    </Page>
  );
}

function Balance() {
  const { data, problem, reload } = useRead<Wallet>('/wallet');
  if (!data) return problem ? <Trouble problem={problem} retry={reload} /> : <Loading />;
  const points = data.balances.find(({ asset }) => asset.kind === 'points');
  const soonest = data.expiry[0];
  return (
    <Slip label={t('partner.home.balance')}>
      <Link href="/statement" class="balance">
        <span class="balance-label">
          {t('partner.home.balance')}
          <Icon name="next" />
        </span>
        <span class="hero">
          <Points units={points?.available ?? 0} />
        </span>
      </Link>
      {points && points.pending > 0 && <p>{t('partner.home.pending', { count: points.pending })}</p>}
      {points && points.debt > 0 && <p>{t('partner.home.debt', { count: points.debt })}</p>}
      {soonest && (
        <p class="faint">
          {t('partner.home.expiry', { count: soonest.units, date: day(soonest.expiresOn) })}
        </p>
      )}
    </Slip>
  );
}

/** The goal that ends first, of several the nearest, with what is missing; behind it all of them, the tier and the discount. */
function NextGoal() {
  const { data } = useRead<Goals>('/goals');
  if (!data || data.items.length === 0) return null;
  const open = data.items.filter(({ toGo, percent }) => toGo !== null && percent !== null);
  const sooner = (a: Goal, b: Goal) => a.endsOn.localeCompare(b.endsOn) || b.percent! - a.percent!;
  const [next] = open.toSorted(sooner);
  return (
    <Link href="/goals" class="card">
      <span class="balance-label">
        {t(next ? 'partner.goals.next' : 'partner.goals.all')}
        <Icon name="next" />
      </span>
      {next && (
        <>
          <strong>{next.rule.title}</strong>
          <GoalBar goal={next} />
          <span>{next.toGo}</span>
        </>
      )}
    </Link>
  );
}

function Receipts({ items }: { items: EvidenceRow[] }) {
  if (items.length === 0) return <p class="empty">{t('partner.home.empty')}</p>;
  return (
    <ul class="rows">
      {items.map((row) => (
        <li key={row.id}>
          <ReceiptRow row={row} />
        </li>
      ))}
    </ul>
  );
}

function ReceiptRow({ row }: { row: EvidenceRow }) {
  const facts = [
    t(`state.${row.state}`),
    row.totalMinor !== null && row.currency ? money(row.totalMinor, row.currency) : null,
    moment(row.receivedAt),
  ];
  return (
    <Link href={`/receipts/${row.id}`} class="row">
      <StateMark state={row.state} />
      <span class="row-main">
        <strong>{nameOf(row)}</strong>
        <Facts facts={facts} />
      </span>
      {row.points !== 0 && <Points units={row.points} isChange />}
    </Link>
  );
}

function OutgoingRow() {
  const photo = outgoing.value!;
  return (
    <Link href="/sending" class="row outgoing">
      <img src={photo.preview} alt="" width="40" height="40" />
      <strong class="row-main">{t(nameOfOutgoing(photo))}</strong>
    </Link>
  );
}
