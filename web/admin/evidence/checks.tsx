import { Link } from '@tanstack/react-router';
import type { EvidenceDetail, Reason } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';

/** Why this receipt was not simply accepted, before anything else. */
export function Why({ evidence }: { evidence: EvidenceDetail }) {
  const { say } = useReader();
  if (evidence.state === 'waiting' || evidence.state === 'reading')
    return <p className="why is-busy">{say('admin.why.reading')}</p>;
  if (evidence.state === 'parked')
    return (
      <p className="why is-still">
        {say('admin.why.parked')} <code>{evidence.problem}</code>
      </p>
    );
  const failed = evidence.verification?.reasons.filter(({ ok }) => !ok) ?? [];
  const isOpen = evidence.state === 'needs-review';
  if (failed.length === 0 || evidence.state === 'verified') return null;
  return (
    <div className={isOpen ? 'why is-wait' : 'why is-bad'}>
      <strong>{say(isOpen ? 'admin.why.needs-review' : 'admin.why.rejected')}</strong>
      <ul>
        {failed.map((reason) => (
          <li key={reason.code}>{reason.text}</li>
        ))}
      </ul>
      {evidence.duplicateOf && <Duplicate evidence={evidence} />}
    </div>
  );
}

/** The two pictures beside each other: a person sees at once whether it is the same paper. */
function Duplicate({ evidence }: { evidence: EvidenceDetail }) {
  const { say, moment } = useReader();
  const earlier = evidence.duplicateOf;
  if (!earlier) return null;
  return (
    <div className="duplicate">
      <figure>
        <img
          src={`/api/v1/evidence/${earlier.id}/image`}
          alt={say('admin.duplicate.earlier')}
          loading="lazy"
        />
        <figcaption>
          <Link to="/evidence/$id" params={{ id: earlier.id }}>
            {say('admin.duplicate.earlier')}
          </Link>
          <span>
            {earlier.participant?.name} {moment(earlier.receivedAt)}
          </span>
        </figcaption>
      </figure>
      <figure>
        <img src={evidence.imageUrl} alt={say('admin.duplicate.this')} loading="lazy" />
        <figcaption>
          <strong>{say('admin.duplicate.this')}</strong>
          <span>
            {evidence.participant.name} {moment(evidence.receivedAt)}
          </span>
        </figcaption>
      </figure>
    </div>
  );
}

/** Every check that was made, failed ones first, and who decided. */
export function Checks({ evidence }: { evidence: EvidenceDetail }) {
  const { verification } = evidence;
  if (!verification) return null;
  const failed = verification.reasons.filter(({ ok }) => !ok);
  const passed = verification.reasons.filter(({ ok }) => ok);
  return (
    <>
      <ul className="checks">
        {[...failed, ...passed].map((reason) => (
          <Check key={reason.code} reason={reason} />
        ))}
      </ul>
      <DecidedBy verification={verification} />
    </>
  );
}

function Check({ reason }: { reason: Reason }) {
  const { say } = useReader();
  return (
    <li className={reason.ok ? 'is-good' : 'is-bad'}>
      <Icon name={reason.ok ? 'check' : 'cross'} />
      <span className="unseen">{say(reason.ok ? 'admin.check.passed' : 'admin.check.failed')}</span>
      <span className="check-text">{reason.text}</span>
    </li>
  );
}

function DecidedBy({ verification }: { verification: NonNullable<EvidenceDetail['verification']> }) {
  const { say, moment, name } = useReader();
  const { decidedBy, decidedAt, note } = verification;
  const isOpen = verification.verdict === 'needs-review';
  return (
    <p className="decided">
      <Icon name="person" />
      {decidedBy
        ? say('admin.decided.by', { name: decidedBy.name, time: moment(decidedAt) })
        : say(isOpen ? 'admin.decided.not-yet' : 'admin.decided.by-checks', { time: moment(decidedAt) })}
      {note && <q>{name('review.reason', note)}</q>}
    </p>
  );
}
