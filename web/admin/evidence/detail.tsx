import { lazy, Suspense, useEffect, useRef, type ReactNode, type RefObject } from 'react';
import type { EvidenceDetail } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { StateMark, Units } from '../values.tsx';
import { Awards } from './awards.tsx';
import { Checks, Why } from './checks.tsx';
import { Messages, Origin, Stock, Timings } from './effects.tsx';
import { Fields } from './fields.tsx';
import { Items } from './items.tsx';
import { Transfers } from './transfers.tsx';
import { LightProvider } from './marks.tsx';
import { Picture } from './picture.tsx';
import { Section } from './section.tsx';
import type { Reviewing } from './use-review.ts';
import '../slip.css';
import '../story.css';
import './detail.css';

// Inputs are heavier than words, and only a reviewer needs them.
const Review = lazy(async () => ({ default: (await import('./review.tsx')).Review }));

const points = { kind: 'points', scale: 0 };

/** One piece of evidence: the picture on the left, and on the right everything that came of it, in order. */
export function Detail({ evidence, reviewing }: { evidence: EvidenceDetail; reviewing: Reviewing | null }) {
  const { say } = useReader();
  const story = useRef<HTMLDivElement>(null);
  useFirstFocus(story, evidence.id);
  return (
    <LightProvider key={evidence.id}>
      <div className="detail">
        <Picture evidence={evidence} />
        {/* Scrollable, so it must be reachable with the keyboard. */}
        <div className="story" ref={story} tabIndex={0} role="region" aria-label={say('admin.detail.story')}>
          <Facts evidence={evidence} />
          <Why evidence={evidence} />
          {reviewing ? (
            <Suspense>
              <Review evidence={evidence} reviewing={reviewing}>
                <Consequences evidence={evidence} />
              </Review>
            </Suspense>
          ) : (
            <>
              <Read evidence={evidence} />
              <Consequences evidence={evidence} />
            </>
          )}
        </div>
      </div>
    </LightProvider>
  );
}

function Read({ evidence }: { evidence: EvidenceDetail }) {
  return (
    <>
      <Section id="reading" title="admin.section.reading" isThere={evidence.reading !== null}>
        <Fields evidence={evidence} />
      </Section>
      <Section id="items" title="admin.section.items" isThere={Boolean(evidence.reading?.items.length)}>
        <Items evidence={evidence} />
      </Section>
    </>
  );
}

function Consequences({ evidence }: { evidence: EvidenceDetail }) {
  return (
    <>
      <Section id="checks" title="admin.section.checks" isThere={evidence.verification !== null}>
        <Checks evidence={evidence} />
      </Section>
      <Section id="award" title="admin.section.award" isThere={evidence.evaluation.length > 0}>
        <Awards evidence={evidence} />
      </Section>
      <Section id="ledger" title="admin.section.ledger" isThere={evidence.transfers.length > 0}>
        <Transfers transfers={evidence.transfers} />
      </Section>
      <Section id="stock" title="admin.section.stock" isThere={evidence.stock.length > 0}>
        <Stock evidence={evidence} />
      </Section>
      <Section id="messages" title="admin.section.messages" isThere={evidence.messages.length > 0}>
        <Messages messages={evidence.messages} />
      </Section>
      <Section id="timings" title="admin.section.timings" isThere>
        <Timings evidence={evidence} />
        <Origin evidence={evidence} />
      </Section>
    </>
  );
}

/** The numbers somebody comes for, each a way to where it is explained. */
function Facts({ evidence }: { evidence: EvidenceDetail }) {
  const { say, money, duration, percent, day } = useReader();
  const { totalMinor, currency, secondsToPoints, reading } = evidence;
  return (
    <div className="facts">
      {evidence.activity && (
        <Fact to="award" label={say('admin.fact.points')}>
          <span className="points-figure">
            <Units units={evidence.points} asset={points} />
          </span>
        </Fact>
      )}
      {totalMinor !== null && currency && (
        <Fact to="reading" label={say('admin.fact.total')}>
          {money(totalMinor, currency)}
        </Fact>
      )}
      {evidence.occurredOn && (
        <Fact to="reading" label={say('admin.fact.bought')}>
          {day(evidence.occurredOn)}
        </Fact>
      )}
      {reading && (
        <Fact to="checks" label={say('admin.fact.confidence')}>
          {percent(reading.confidence)}
        </Fact>
      )}
      {secondsToPoints !== null && (
        <Fact to="timings" label={say('admin.fact.seconds')}>
          {duration(secondsToPoints)}
        </Fact>
      )}
    </div>
  );
}

function Fact({ to, label, children }: { to: string; label: string; children: ReactNode }) {
  return (
    <a
      className="fact"
      href={`#${to}`}
      onClick={(event) => {
        event.preventDefault();
        goTo(to);
      }}
    >
      <span className="fact-label">{label}</span>
      <span className="fact-value">{children}</span>
    </a>
  );
}

/** Brings a section into view and the focus with it, so that the keyboard goes on from there. */
function goTo(id: string): void {
  const section = document.getElementById(id);
  section?.scrollIntoView({ block: 'start', behavior: 'smooth' });
  section?.focus({ preventScroll: true });
}

/**
 * When another receipt is shown the focus goes to its story, or to the section that the address names: the arrow keys
 * scroll it, and a screen reader begins there.
 */
function useFirstFocus(story: RefObject<HTMLDivElement | null>, evidence: string): void {
  useEffect(() => {
    const section = location.hash.slice(1);
    if (section) requestAnimationFrame(() => goTo(section));
    else story.current?.focus({ preventScroll: true });
  }, [story, evidence]);
}

/** Who sent it, from where and when: the first line of the drawer and of the page. */
export function DetailTitle({ evidence }: { evidence: EvidenceDetail }) {
  const { say, moment } = useReader();
  return (
    <div className="detail-title">
      <h1>{evidence.merchant ?? say('admin.detail.unread')}</h1>
      <StateMark state={evidence.state} boxed />
      <p>
        <a href={`/admin/participants/${evidence.participant.id}`}>{evidence.participant.name}</a>
        <Icon name="dash" size={12} />
        {evidence.outlet
          ? `${evidence.outlet.name}, ${evidence.outlet.area}`
          : say('admin.evidence.no-outlet')}
        <Icon name="dash" size={12} />
        <time dateTime={evidence.receivedAt}>{moment(evidence.receivedAt)}</time>
      </p>
    </div>
  );
}
