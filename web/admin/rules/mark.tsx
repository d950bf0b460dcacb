import type { RuleState } from '../api.ts';
import { Icon, type IconName } from '../icons.tsx';
import { useReader } from '../language.tsx';

const looks: Record<RuleState, { icon: IconName; tone: string }> = {
  draft: { icon: 'dash', tone: 'is-still' },
  proposed: { icon: 'eye', tone: 'is-wait' },
  live: { icon: 'check', tone: 'is-good' },
  retired: { icon: 'pause', tone: 'is-still' },
};

/** The state of a version of a rule: an icon and its hue, never without the word. */
export function RuleMark({ state, boxed = false }: { state: RuleState; boxed?: boolean }) {
  const { name } = useReader();
  const { icon, tone } = looks[state];
  return (
    <span className={`state ${tone}${boxed ? ' is-boxed' : ''}`}>
      <Icon name={icon} />
      {name('admin.rule-state', state)}
    </span>
  );
}
