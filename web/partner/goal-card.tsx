import type { Goal } from './api.ts';
import { Icon } from './icon.tsx';
import { Points } from './parts.tsx';
import { amount, t } from './texts.ts';

/** One goal: how far it is, what its steps give, what is missing until when. */
export function GoalCard({ goal }: { goal: Goal }) {
  const { rule, owner, steps, toGo, says, inARow } = goal;
  return (
    <article class="card">
      <header class="card-head">
        <h3>{rule.title}</h3>
        {goal.for !== 'participant' && <span class="faint">{owner}</span>}
      </header>
      <GoalBar goal={goal} />
      {steps.length > 1 && <Steps goal={goal} />}
      <p class="goal-says">
        {toGo === null && goal.target !== null && <Icon name="check" />}
        {toGo ?? says}
      </p>
      {inARow && <Streak {...inARow} />}
    </article>
  );
}

/** How far a goal is, and how much that is of how much. */
export function GoalBar({ goal }: { goal: Goal }) {
  const { rule, done, target, percent, steps } = goal;
  if (target === null || percent === null) return null;
  const whole = Math.max(100, ...steps.map((step) => step.percent));
  const isReached = steps.every((step) => step.isReached);
  const told = t('partner.goals.done', { done: amount(done, goal), target: amount(target, goal) });
  return (
    <div class="goal-bar">
      <Bar share={percent / whole} label={rule.title} told={told} isReached={isReached}>
        {steps.map((step) => (
          <span
            key={step.percent}
            class={step.isReached ? 'stop is-reached' : 'stop'}
            style={{ insetInlineStart: `${(step.percent / whole) * 100}%` }}
          />
        ))}
      </Bar>
      <span class="figure" aria-hidden="true">
        {told}
      </span>
    </div>
  );
}

type BarProps = {
  share: number;
  label: string;
  told: string;
  isReached?: boolean;
  children?: preact.ComponentChildren;
};

/** A bar that is full at a share of 1. */
export function Bar({ share, label, told, isReached = false, children }: BarProps) {
  const percent = Math.min(100, Math.max(0, share * 100));
  return (
    <div
      class={isReached ? 'bar is-reached' : 'bar'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={told}
    >
      <span class="bar-track">
        <span style={{ inlineSize: `${percent}%` }} />
      </span>
      {children}
    </div>
  );
}

/** What each step asks for and gives. */
function Steps({ goal }: { goal: Goal }) {
  return (
    <ul class="goal-steps">
      {goal.steps.map(({ percent, awards, isReached }) => (
        <li key={percent} class={isReached ? 'is-reached' : ''}>
          {isReached && <Icon name="check" />}
          {isReached && <span class="unseen">{t('partner.goals.reached')}</span>}
          <span class="figure">{amount((goal.target! * percent) / 100, goal)}</span>
          {awards.map(({ asset, units }) =>
            asset === 'points' ? <Points key={asset} units={units} isChange /> : `${units} ${asset}`,
          )}
        </li>
      ))}
    </ul>
  );
}

/** How many periods in a row are reached already. */
function Streak({ done, wanted, says }: NonNullable<Goal['inARow']>) {
  return (
    <p class="streak">
      <span class="streak-marks" aria-hidden="true">
        {Array.from({ length: wanted }, (_, i) => (
          <span key={i} class={i < done ? 'is-reached' : ''}>
            {i < done && <Icon name="check" />}
          </span>
        ))}
      </span>
      {says}
    </p>
  );
}
