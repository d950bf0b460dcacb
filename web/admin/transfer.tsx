import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import type { Account, Explanation } from './api.ts';
import { AccountName } from './evidence/transfers.tsx';
import { Icon } from './icons.tsx';
import { useReader } from './language.tsx';
import { Trouble } from './notices.tsx';
import { explanation } from './queries.ts';
import { Moment, StateMark, Units } from './values.tsx';
import './slip.css';
import './story.css';

/** The answer to "why?" for one movement: rule, arithmetic and receipt, down to the picture. */
export function TransferPage() {
  const { id } = useParams({ from: '/transfers/$id' });
  const { say } = useReader();
  const { data, error, refetch } = useQuery(explanation(id));
  useEffect(() => void (document.title = `${say('admin.transfer.title')} · Mitra`), [say]);
  return (
    <div className="page">
      <header className="head is-detail">
        {data?.evidence && (
          <Link className="back" to="/evidence/$id" params={{ id: data.evidence.id }}>
            <Icon name="left" />
            {data.evidence.merchant ?? say('admin.detail.unread')}
          </Link>
        )}
        <h1>{say('admin.transfer.title')}</h1>
      </header>
      <div className="scroll narrow">
        {error && !data && <Trouble error={error} again={refetch} />}
        {data && <Explained explained={data} />}
      </div>
    </div>
  );
}

function Explained({ explained }: { explained: Explanation }) {
  const { say, name, day } = useReader();
  const { transfer, rule, reasons, steps, evidence, units } = explained;
  return (
    <>
      <div className="movement">
        <Side label={say('admin.column.from')} account={transfer.debit} />
        <span className="movement-units">
          <strong className={transfer.asset.kind === 'points' ? 'points-figure' : undefined}>
            <Units units={transfer.units} asset={transfer.asset} />
            <span className="unit">{transfer.asset.code}</span>
          </strong>
        </span>
        <Icon name="arrow" />
        <Side label={say('admin.column.to')} account={transfer.credit} />
      </div>
      <section className="section">
        <h2>{say('admin.transfer.because')}</h2>
        <div className="desk">
          <div className="slip">
            {rule && (
              <p>
                <strong>{rule.title}</strong>{' '}
                <span className="is-faint">{say('admin.rule.version', { version: rule.version })}</span>
              </p>
            )}
            <ul className="steps">
              {[...reasons, ...steps].map((text, index) => (
                <li key={index}>{text}</li>
              ))}
            </ul>
            <p className="slip-sum">
              <span>{name('kind', transfer.kind)}</span>
              <strong>
                <Units units={transfer.units} asset={transfer.asset} />
              </strong>
            </p>
          </div>
        </div>
      </section>
      <UnitsTraced units={units} />
      {evidence && <FromEvidence evidence={evidence} />}
      <dl className="terms">
        <Term name={say('admin.transfer.at')}>
          <Moment iso={transfer.at} full />
        </Term>
        <Term name={say('admin.transfer.effective')}>
          <Moment iso={transfer.effectiveAt} full />
        </Term>
        {transfer.expiresOn && <Term name={say('admin.transfer.expires')}>{day(transfer.expiresOn)}</Term>}
        <Term name={say('admin.transfer.id')}>
          <code>{transfer.id}</code>
        </Term>
        <Term name={say('admin.transfer.tx')}>
          <code>{transfer.tx}</code>
        </Term>
      </dl>
    </>
  );
}

/** What paid for a spend, lot by lot, what an earning was used for, and what is left of it. */
function UnitsTraced({ units: { lots, uses, left } }: { units: Explanation['units'] }) {
  const { say } = useReader();
  return (
    <>
      {lots.length > 0 && (
        <section className="section">
          <h2>{say('admin.transfer.paid-by')}</h2>
          {lots.map((lot) => (
            <div key={lot.text}>
              <p className="is-soft">{lot.text}</p>
              <Parts parts={lot.earnings} />
            </div>
          ))}
        </section>
      )}
      {uses.length + left.length > 0 && (
        <section className="section">
          <h2>{say('admin.transfer.used-by')}</h2>
          <Parts parts={uses} />
          {left.map(({ text }) => (
            <p key={text} className="is-soft">
              {text}
            </p>
          ))}
        </section>
      )}
    </>
  );
}

function Parts({ parts }: { parts: Explanation['units']['uses'] }) {
  return (
    <ul className="steps">
      {parts.map(({ transfer, text }) => (
        <li key={transfer}>
          <Link to="/transfers/$id" params={{ id: transfer }}>
            {text}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Side({ label, account }: { label: string; account: Account }) {
  return (
    <div className="movement-side">
      <span className="is-faint">{label}</span>
      <strong>
        <AccountName account={account} />
      </strong>
    </div>
  );
}

function FromEvidence({ evidence }: { evidence: NonNullable<Explanation['evidence']> }) {
  const { say, money } = useReader();
  return (
    <section className="section">
      <h2>{say('admin.transfer.evidence')}</h2>
      <Link className="evidence-card" to="/evidence/$id" params={{ id: evidence.id }}>
        <img src={`/api/v1/evidence/${evidence.id}/image`} alt="" />
        <span className="evidence-card-text">
          <strong>{evidence.merchant ?? say('admin.detail.unread')}</strong>
          <span>
            {evidence.totalMinor !== null &&
              evidence.currency &&
              money(evidence.totalMinor, evidence.currency)}
          </span>
          <span className="is-soft">
            {evidence.participant.name}, {evidence.outlet?.name ?? say('admin.evidence.no-outlet')}
          </span>
          <StateMark state={evidence.state} />
        </span>
        <Icon name="chevron" />
      </Link>
    </section>
  );
}

function Term({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
