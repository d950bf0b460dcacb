import { Link } from 'wouter-preact';
import type { EvidenceDetail, EvidenceRow, Explanation, Traces } from './api.ts';
import { Icon } from './icon.tsx';
import { Facts, Loading, nameOf, Page, Points, Slip, SlipRow, Trouble } from './parts.tsx';
import { Crops } from './picture.tsx';
import { RulesSaid, Steps } from './rules-said.tsx';
import { day, exactMoment, money, t } from './texts.ts';
import { useRead } from './use-read.ts';

/** Why a number is what it is: rule, arithmetic, the rows of the receipt, and where it was booked. */
export function Why({ id }: { id: string }) {
  const { data, problem, reload } = useRead<Explanation>(`/transfers/${id}/explanation`);
  return (
    <Page title={t('partner.why')} back="/statement">
      {data ? (
        <Explained explanation={data} />
      ) : problem ? (
        <Trouble problem={problem} retry={reload} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function Explained({ explanation }: { explanation: Explanation }) {
  const { transfer, rule, reasons, steps, evidence } = explanation;
  // A movement out of the person's own account takes; any other gives.
  const units = transfer.debit.role === 'available' ? -transfer.units : transfer.units;
  return (
    <div class="columns">
      <div class="stack">
        <p class="hero">
          <Points units={units} isChange />
        </p>
        <Slip label={t('partner.why')}>
          {rule && (
            <header class="slip-head">
              <strong>{rule.title}</strong>
              <span class="faint">{t('partner.why.rule', { code: rule.code, version: rule.version })}</span>
            </header>
          )}
          {reasons.map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
          <Steps steps={steps} />
          <dl>
            <SlipRow class="sum" label={t('partner.slip.sum')} value={<Points units={units} isChange />} />
          </dl>
        </Slip>
        {explanation.activity && rule && <Others activity={explanation.activity.id} rule={rule.code} />}
        <Units explanation={explanation} />
        <Booking explanation={explanation} />
      </div>
      {evidence && <Proof evidence={evidence} />}
    </div>
  );
}

/** What the other rules made of the same sale. */
function Others({ activity, rule }: { activity: string; rule: string }) {
  const { data } = useRead<Traces>(`/activities/${activity}/explanation`);
  const others = data?.rules.filter((one) => one.rule.code !== rule) ?? [];
  if (others.length === 0) return null;
  return (
    <section class="stack">
      <h2>{t('partner.why.others')}</h2>
      <RulesSaid rules={others} />
    </section>
  );
}

/** The receipt it came from: the rows that counted, cut out of the photo. */
function Proof({ evidence }: { evidence: EvidenceRow }) {
  const { data } = useRead<EvidenceDetail>(`/evidence/${evidence.id}`);
  const facts = [
    evidence.occurredOn && day(evidence.occurredOn),
    evidence.totalMinor !== null && evidence.currency ? money(evidence.totalMinor, evidence.currency) : null,
  ];
  return (
    <section class="stack">
      <h2>{t('partner.why.proof')}</h2>
      {data && <Crops detail={data} />}
      <Link href={`/receipts/${evidence.id}`} class="row">
        <span class="row-main">
          <strong>{nameOf(evidence)}</strong>
          <Facts facts={facts} />
        </span>
        <Icon name="next" />
      </Link>
    </section>
  );
}

/** What paid for a spend, lot by lot, and what an earning was used for; each opens its own explanation. */
function Units({ explanation: { units } }: { explanation: Explanation }) {
  const { lots, uses, left } = units;
  return (
    <>
      {lots.length > 0 && (
        <section class="stack">
          <h2>{t('partner.why.paid-by')}</h2>
          {lots.map((lot) => (
            <div key={lot.text} class="stack">
              <p class="faint">{lot.text}</p>
              <Parts parts={lot.earnings} />
            </div>
          ))}
        </section>
      )}
      {uses.length > 0 && (
        <section class="stack">
          <h2>{t('partner.why.used-by')}</h2>
          <Parts parts={uses} />
        </section>
      )}
      {left.length > 0 && (
        <section class="stack">
          <h2>{t('partner.why.left')}</h2>
          {left.map(({ text }) => (
            <p key={text}>{text}</p>
          ))}
        </section>
      )}
    </>
  );
}

function Parts({ parts }: { parts: Explanation['units']['uses'] }) {
  return (
    <ul class="rows">
      {parts.map((part) => (
        <li key={part.transfer}>
          <Link href={`/statement/${part.transfer}`} class="row">
            <span class="row-main">
              <strong>{part.text}</strong>
            </span>
            <Icon name="next" />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Booking({ explanation: { transfer } }: { explanation: Explanation }) {
  return (
    <details>
      <summary>{t('partner.why.booking')}</summary>
      <dl class="booking">
        <dt>{t('partner.why.from')}</dt>
        <dd>{transfer.debit.owner}</dd>
        <dt>{t('partner.why.to')}</dt>
        <dd>{transfer.credit.owner}</dd>
        <dt>{t('partner.why.booked')}</dt>
        <dd>{exactMoment(transfer.at)}</dd>
        <dt>{t('partner.why.happened')}</dt>
        <dd>{exactMoment(transfer.effectiveAt)}</dd>
        {transfer.expiresOn && (
          <>
            <dt>{t('partner.why.expires')}</dt>
            <dd>{day(transfer.expiresOn)}</dd>
          </>
        )}
        <dt>{t('partner.why.number')}</dt>
        <dd>
          <code>{transfer.id}</code>
        </dd>
      </dl>
    </details>
  );
}
