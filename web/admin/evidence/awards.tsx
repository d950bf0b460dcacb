import { Link } from '@tanstack/react-router';
import type { Evaluation, EvidenceDetail, TransferRow } from '../api.ts';
import { useReader } from '../language.tsx';
import { Units } from '../values.tsx';

const points = { code: 'points', kind: 'points', scale: 0 };

/** What each rule made of the receipt, with its arithmetic, as a slip that adds up to what was posted. */
export function Awards({ evidence }: { evidence: EvidenceDetail }) {
  const { say } = useReader();
  const fired = evidence.evaluation.filter((rule) => rule.fired);
  const quiet = evidence.evaluation.filter((rule) => !rule.fired);
  const links = linkAwards(fired, evidence.transfers);
  const own = fired.filter(({ to }) => to === null);
  const awarded = own.flatMap(({ awards }) => awards).filter(({ asset }) => asset === 'points');
  const withheld = awarded.reduce((sum, { units }) => sum + units, 0) - evidence.points;
  return (
    <div className="desk">
      <div className="slip">
        <ol>
          {fired.map((rule) => (
            <FiredRule key={rule.rule.id} rule={rule} links={links} />
          ))}
          {withheld > 0 && (
            <li className="slip-line">
              <span>{say('admin.award.limited')}</span>
              <span className="slip-units">
                <Units units={-withheld} asset={points} signed />
              </span>
            </li>
          )}
        </ol>
        <p className="slip-sum">
          <span>{say('admin.award.posted')}</span>
          <span className="points-figure">
            <Units units={evidence.points} asset={points} />
          </span>
        </p>
      </div>
      {quiet.length > 0 && <QuietRules rules={quiet} />}
    </div>
  );
}

/** A rule that paid, line by line; each award leads to its transfer where there is one. */
export function FiredRule({ rule, links }: { rule: Evaluation; links?: Map<object, TransferRow> }) {
  return (
    <li className="slip-rule">
      <div className="slip-line">
        <span className="slip-title">
          {rule.rule.title}
          <Version version={rule.rule.version} />
        </span>
        <span className="slip-units">
          {rule.awards.map((award) => (
            <AwardUnits key={award.asset} award={award} transfer={links?.get(award)} />
          ))}
        </span>
      </div>
      <ul className="steps">
        <li>{rule.reason.text}</li>
        {rule.steps.map((step, index) => (
          <li key={index}>{step}</li>
        ))}
      </ul>
    </li>
  );
}

// A document that is only tried has no version yet.
function Version({ version }: { version: number }) {
  const { say } = useReader();
  const text = version === 0 ? say('admin.rule-state.draft') : say('admin.rule.version', { version });
  return <span className="is-faint"> {text}</span>;
}

function AwardUnits({
  award,
  transfer,
}: {
  award: Evaluation['awards'][number];
  transfer: TransferRow | undefined;
}) {
  const units = <Units units={award.units} asset={transfer?.asset ?? points} signed />;
  const unit = award.asset === 'points' ? null : <span className="is-faint"> {award.asset}</span>;
  if (!transfer)
    return (
      <span>
        {units}
        {unit}
      </span>
    );
  return (
    <Link to="/transfers/$id" params={{ id: transfer.id }}>
      {units}
      {unit}
    </Link>
  );
}

/** Rules that were looked at and did not apply: the answer to "why not more?". */
export function QuietRules({ rules }: { rules: Evaluation[] }) {
  const { say } = useReader();
  return (
    <div className="quiet">
      <h3>{say('admin.award.quiet')}</h3>
      <ul>
        {rules.map(({ rule, reason }) => (
          <li key={rule.id}>
            <span>
              {rule.title} <Version version={rule.version} />
            </span>
            <span className="is-soft">{reason.text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The transfer that posted each award: the first of the same asset and units that no other award has taken. */
function linkAwards(fired: Evaluation[], transfers: TransferRow[]): Map<object, TransferRow> {
  const left = transfers.filter(({ kind }) => kind === 'award');
  const links = new Map<object, TransferRow>();
  for (const award of fired.flatMap(({ awards }) => awards)) {
    const at = left.findIndex(({ asset, units }) => asset.code === award.asset && units === award.units);
    if (at >= 0) links.set(award, left.splice(at, 1)[0]!);
  }
  return links;
}
