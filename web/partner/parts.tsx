import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { EvidenceRow, EvidenceState, Problem } from './api.ts';
import { Icon, type IconName } from './icon.tsx';
import { number, signed, t } from './texts.ts';

let isFirstPage = true;

/** One screen: its title goes to the tab and, when one comes from another screen, gets the focus. */
export function Page({
  title,
  back,
  children,
}: {
  title: string;
  back?: string;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus();
    isFirstPage = false;
  }, []);
  useEffect(() => {
    document.title = `${title} · Mitra`;
  }, [title]);
  return (
    <main class="page">
      <header class="page-head">
        {back && (
          <Link href={back} class="back" aria-label={t('partner.back')}>
            <Icon name="back" />
          </Link>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      {children}
    </main>
  );
}

/** Paper with a torn edge: what is earned, and how. */
export function Slip({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <section class="slip" aria-label={label}>
      {children}
    </section>
  );
}

type SlipRowProps = { label: string; value: ComponentChildren; note?: ComponentChildren; class?: string };

/** One printed row: what, leader, how much, and below it what there is to say about it. */
export function SlipRow({ label, value, note, class: looks = '' }: SlipRowProps) {
  return (
    <div class={`slip-row ${looks}`}>
      <dt>{label}</dt>
      <dd class="figure">{value}</dd>
      {note && <dd class="slip-note">{note}</dd>}
    </div>
  );
}

/** Facts of a row, each unbroken, with dots between them. */
export function Facts({ facts }: { facts: (string | null | undefined | false)[] }) {
  const told = facts.filter((fact): fact is string => Boolean(fact));
  return (
    <span class="facts">
      {told.map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
    </span>
  );
}

/** A number of points with the marigold that means points, and nothing else. */
export function Points({ units, isChange = false }: { units: number; isChange?: boolean }) {
  return (
    <span class="points figure">
      <span class="coin" aria-hidden="true" />
      <span aria-hidden="true" dir="ltr">
        {isChange ? signed(units) : number(units)}
      </span>
      <span class="unseen">{t('partner.points', { count: units })}</span>
    </span>
  );
}

const stateLooks: Record<EvidenceState, { icon: IconName; tone: string }> = {
  waiting: { icon: 'clock', tone: 'busy' },
  reading: { icon: 'eye', tone: 'busy' },
  verified: { icon: 'check', tone: 'good' },
  'needs-review': { icon: 'clock', tone: 'wait' },
  rejected: { icon: 'cross', tone: 'bad' },
  parked: { icon: 'pause', tone: 'wait' },
};

export function StateMark({ state }: { state: EvidenceState }) {
  const { icon, tone } = stateLooks[state];
  return (
    <span class={`mark ${tone}`}>
      <Icon name={icon} />
    </span>
  );
}

/** What a receipt is called: the shop it came from, and where we do not know that one, what is printed on it. */
export function nameOf({ outlet, merchant }: Pick<EvidenceRow, 'outlet' | 'merchant'>): string {
  const isKnown = outlet && outlet.code !== 'open';
  return (isKnown ? outlet.name : merchant) ?? t('partner.receipt');
}

/** What went wrong, what we kept, what to do. */
export function Trouble({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <p>{problem.detail || t('partner.unreachable')}</p>
      {retry && (
        <button type="button" class="button quiet" onClick={retry}>
          {t('partner.retry')}
        </button>
      )}
    </div>
  );
}

/** Shown in place of what is loading; invisible for the first moments. */
export function Loading() {
  return (
    <p class="loading" role="status">
      {t('partner.loading')}
    </p>
  );
}
