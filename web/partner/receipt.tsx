import { Link } from 'wouter-preact';
import type { EvidenceDetail } from './api.ts';
import { isOnItsWay } from './home.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Loading, nameOf, Page, Points, StateMark, Trouble } from './parts.tsx';
import { Picture } from './picture.tsx';
import { ReceiptSlip } from './receipt-slip.tsx';
import { SnapBar } from './snap-bar.tsx';
import { day, exactMoment, t } from './texts.ts';
import { useRead } from './use-read.ts';

/** One receipt from the moment it arrived: read live, then what it earned and why, or what is wrong and what to do. */
export function Receipt({ id }: { id: string }) {
  const { data, problem, reload } = useRead<EvidenceDetail>(`/evidence/${id}`, isOnItsWay);
  if (!data) {
    return (
      <Page title={t('partner.receipt')} back="/">
        {problem ? <Trouble problem={problem} retry={reload} /> : <Loading />}
      </Page>
    );
  }
  return (
    <Page title={nameOf(data)} back="/">
      <div class="columns">
        <div class="stack">
          <div role="status">
            <Outcome detail={data} />
          </div>
          {isOnItsWay(data) && problem && <Trouble problem={problem} />}
          {data.reading && !isOnItsWay(data) && <ReceiptSlip detail={data} />}
          {!isOnItsWay(data) && <NotRight detail={data} />}
        </div>
        <Picture detail={data} />
      </div>
      {data.state === 'rejected' && <SnapBar />}
    </Page>
  );
}

function Outcome({ detail }: { detail: EvidenceDetail }) {
  switch (detail.state) {
    case 'waiting':
    case 'reading':
      return <Steps isReading={detail.state === 'reading'} />;
    case 'verified':
      return <Earned detail={detail} />;
    case 'needs-review':
      return (
        <div class="notice wait stack">
          <StateLine detail={detail} />
          <Reasons detail={detail} />
          <p>{t('partner.result.review-next')}</p>
        </div>
      );
    case 'rejected':
      return (
        <div class="notice bad stack">
          <StateLine detail={detail} />
          <Reasons detail={detail} />
          <RejectedNext detail={detail} />
        </div>
      );
    case 'parked':
      return (
        <div class="notice wait stack">
          <StateLine detail={detail} />
          <p>{t('partner.result.parked-next')}</p>
        </div>
      );
  }
}

/** Three steps of which one is going on. */
function Steps({ isReading }: { isReading: boolean }) {
  const steps: { text: string; icon: IconName; looks: 'done' | 'now' | 'later' }[] = [
    { text: t('partner.steps.received'), icon: 'check', looks: 'done' },
    { text: t(isReading ? 'partner.steps.reading' : 'partner.steps.waiting'), icon: 'eye', looks: 'now' },
    { text: t('partner.steps.points'), icon: 'clock', looks: 'later' },
  ];
  return (
    <>
      <ol class="steps">
        {steps.map(({ text, icon, looks }) => (
          <li class={looks} key={looks}>
            <Icon name={icon} />
            {text}
          </li>
        ))}
      </ol>
      <p class="faint">{t('partner.steps.leave')}</p>
    </>
  );
}

function Earned({ detail }: { detail: EvidenceDetail }) {
  const { points, secondsToPoints } = detail;
  return (
    <div class="earned">
      <StateLine detail={detail} />
      {points > 0 ? (
        <p class="hero">
          <Points units={points} isChange />
        </p>
      ) : (
        <p>{t('partner.result.no-points')}</p>
      )}
      {points > 0 && secondsToPoints !== null && (
        <p class="faint">
          {t('partner.result.seconds', { count: Math.max(1, Math.round(secondsToPoints)) })}
        </p>
      )}
    </div>
  );
}

function StateLine({ detail }: { detail: EvidenceDetail }) {
  return (
    <p class="state-line">
      <StateMark state={detail.state} />
      <strong>{t(`state.${detail.state}`)}</strong>
      <time class="faint" dateTime={detail.receivedAt}>
        {exactMoment(detail.receivedAt)}
      </time>
    </p>
  );
}

function Reasons({ detail }: { detail: EvidenceDetail }) {
  const note = detail.verification?.note;
  return (
    <ul class="reasons">
      {detail.reasons.map(({ code, text }) => (
        <li key={code}>{text}</li>
      ))}
      {note && <li>{t('partner.result.note', { note })}</li>}
    </ul>
  );
}

/** Reasons that a better photo of the same receipt can do away with. */
const photoReasons = new Set(['confidence', 'date-read', 'total-read', 'arithmetic']);

/** What can be done about it: see the one that counted, take a better photo, or go on with the next. */
function RejectedNext({ detail }: { detail: EvidenceDetail }) {
  const first = detail.duplicateOf;
  if (!first) {
    const canBeBetter = detail.reasons.some(({ code }) => photoReasons.has(code));
    return <p>{t(canBeBetter ? 'partner.result.photo-next' : 'partner.result.rejected-next')}</p>;
  }
  const date = day(first.receivedAt);
  // Somebody else's receipt is not ours to open.
  if (first.participant?.id !== detail.participant.id)
    return <p>{t('partner.result.duplicate-other', { date })}</p>;
  return (
    <p>
      <Link href={`/receipts/${first.id}`}>{t('partner.result.duplicate', { date })}</Link>
    </p>
  );
}

/** A receipt that was read wrongly must have a way on; the number is what to quote. */
function NotRight({ detail }: { detail: EvidenceDetail }) {
  return (
    <details class="not-right">
      <summary>{t('partner.result.not-right')}</summary>
      <p>{t('partner.result.not-right-next')}</p>
      <p class="faint">
        {t('partner.result.number')} <code>{detail.id}</code>
      </p>
    </details>
  );
}
