import type { Evaluation } from './api.ts';
import { Points, SlipRow } from './parts.tsx';
import { t } from './texts.ts';

/** Reasons that are of this sale and this seller: it was for them, and something was missing or something else counted. */
const nearReasons = new Set([
  'goal-short',
  'goal-reached',
  'goal-without-target',
  'streak-short',
  'counted',
  'condition-false',
  'comparison-false',
  'nothing-earned',
  'nothing-to-multiply',
  'limit-reached',
  'lower-in-stacking',
  'excluded',
]);

/** What every rule made of something that was sold: what it gave and how, or why it gave nothing. */
export function RulesSaid({ rules, sum }: { rules: Evaluation[]; sum?: number }) {
  // What somebody else gets for it is on their slip.
  const fired = rules.filter(({ fired, to }) => fired && to === null);
  const silent = rules.filter(({ fired }) => !fired);
  const near = silent.filter(({ reason }) => nearReasons.has(reason.code));
  const far = silent.filter(({ reason }) => !nearReasons.has(reason.code));
  return (
    <>
      {fired.length > 0 && (
        <dl>
          {fired.map((evaluation) => (
            <Earning key={evaluation.rule.code} evaluation={evaluation} />
          ))}
          {sum !== undefined && (
            <SlipRow class="sum" label={t('partner.slip.sum')} value={<Points units={sum} isChange />} />
          )}
        </dl>
      )}
      {near.length > 0 && <Reasons rules={near} />}
      {far.length > 0 && (
        <details>
          <summary>{t('partner.slip.silent', { count: far.length })}</summary>
          <Reasons rules={far} />
        </details>
      )}
    </>
  );
}

function Earning({ evaluation }: { evaluation: Evaluation }) {
  const units = evaluation.awards
    .filter(({ asset }) => asset === 'points')
    .reduce((sum, award) => sum + award.units, 0);
  return (
    <SlipRow
      label={evaluation.rule.title}
      value={<Points units={units} isChange />}
      note={<Steps steps={evaluation.steps} />}
    />
  );
}

/** The arithmetic, one line each. */
export function Steps({ steps }: { steps: string[] }) {
  return steps.map((step) => (
    <span class="step" key={step}>
      {step}
    </span>
  ));
}

/** Rules that gave nothing, each with its reason: also an answer to "why". */
function Reasons({ rules }: { rules: Evaluation[] }) {
  return (
    <ul class="reasons">
      {rules.map(({ rule, reason }) => (
        <li key={rule.code}>
          <strong>{rule.title}</strong>
          <span class="step">{reason.text}</span>
        </li>
      ))}
    </ul>
  );
}
