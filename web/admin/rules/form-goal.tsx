import { ChoiceField, NumberField } from '../fields.tsx';
import { useReader } from '../language.tsx';
import { beginMeasure, type Effect, type Measure, type RuleDocument, type Target } from './document.ts';
import { ChoiceAt, digitsOf, ErrorAt, ManyAt, NumberAt, Part, TextAt, useForm } from './form-context.tsx';

const periods = ['day', 'week', 'month', 'quarter', 'year', 'campaign'];
const measures = ['quantity', 'amount', 'total', 'activities', 'outlets', 'skus'];
const targets = ['fixed', 'individual', 'last-year', 'average'] as const;

/** Something to reach in a period. Switching it on or off turns what the rule pays with it. */
export function GoalPart() {
  const { say } = useReader();
  const { document, replace } = useForm();
  const isOn = document.goal !== undefined;
  return (
    <Part title={say('admin.form.goal')} hint={say('admin.form.goal.how')} isOpen={isOn}>
      <label className="tick">
        <input
          type="checkbox"
          checked={isOn}
          onChange={({ currentTarget: { checked } }) =>
            replace(checked ? withGoal(document) : withoutGoal(document))
          }
        />
        {say('admin.form.goal.on')}
      </label>
      <ErrorAt at="goal" />
      {document.goal && <GoalFields />}
    </Part>
  );
}

function withGoal(document: RuleDocument): RuleDocument {
  const goal = { for: 'participant', per: 'week', counts: { of: 'quantity' }, target: 10_000 };
  const toGoal = ({ leg, asset = 'points', units }: Effect): Effect => ({
    kind: 'award',
    leg,
    asset,
    per: 'goal',
    units: typeof units === 'number' ? units : 100,
  });
  const effects = document.effects.filter(({ kind }) => kind === 'award').map(toGoal);
  return {
    ...document,
    effects: effects.length > 0 ? effects : [toGoal({ kind: 'award', leg: 'main' })],
    goal,
  };
}

function withoutGoal({ goal: _goal, ...document }: RuleDocument): RuleDocument {
  const effects = document.effects.map(({ at: _at, ...effect }) =>
    effect.per === 'goal' ? { ...effect, per: 'activity' } : effect,
  );
  return { ...document, effects };
}

function GoalFields() {
  const { say, name } = useReader();
  const { document, set, currency } = useForm();
  const { goal } = document;
  const { counts } = goal!;
  const isShare = 'share' in counts;
  return (
    <>
      <div className="pair">
        <ChoiceAt
          at="goal.for"
          label={say('admin.form.goal.for')}
          options={['participant', 'outlet', 'partner'].map((who) => ({
            value: who,
            text: name('admin.form.goal.for', who),
          }))}
        />
        <ChoiceAt
          at="goal.per"
          label={say('admin.form.goal.per')}
          options={periods.map((per) => ({ value: per, text: name('admin.form.per', per) }))}
        />
      </div>
      <ChoiceField
        label={say('admin.form.goal.counts')}
        value={isShare ? 'share' : counts.of}
        change={(of) => set('goal.counts', countsOf(of, currency))}
        options={[...measures, 'share'].map((of) => ({ value: of, text: name('admin.measure', of) }))}
      />
      {isShare && (
        <>
          <MeasureFields at="goal.counts.share" label={say('admin.form.goal.part')} />
          <MeasureFields at="goal.counts.of" label={say('admin.form.goal.whole')} />
        </>
      )}
      <TargetFields counts={counts} target={goal!.target} />
      <TextAt
        at="goal.window"
        label={say('admin.form.goal.window')}
        hint={say('admin.form.goal.window.how')}
        isCode
      />
      <NumberAt at="goal.inARow" label={say('admin.form.goal.row')} hint={say('admin.form.goal.row.how')} />
    </>
  );
}

function countsOf(of: string, currency: string): Measure | { share: Measure; of: Measure } {
  if (of === 'share')
    return { share: { of: 'quantity', kinds: ['delivery'] }, of: { of: 'quantity', kinds: ['order'] } };
  return beginMeasure(of, currency);
}

/** One side of a share: what is counted, and of which activities. */
function MeasureFields({ at, label }: { at: string; label: string }) {
  const { say, name } = useReader();
  const { document, called } = useForm();
  return (
    <fieldset className="card">
      <legend>{label}</legend>
      <ChoiceAt
        at={`${at}.of`}
        label={say('admin.form.goal.counts')}
        options={measures.map((of) => ({ value: of, text: name('admin.measure', of) }))}
      />
      <ManyAt
        at={`${at}.kinds`}
        label={say('admin.form.kinds')}
        options={document.scope.kinds.map((kind) => ({ value: kind, text: called('kinds', kind) }))}
      />
    </fieldset>
  );
}

const targetKind = (target: Target): string => {
  if (typeof target !== 'object' || target === null) return 'fixed';
  if ('ofAverage' in target) return 'average';
  return 'percent' in target ? 'last-year' : 'individual';
};

function beginTarget(kind: string): Target {
  if (kind === 'individual') return { individual: true };
  if (kind === 'last-year') return { percent: 110, of: 'last-year' };
  return kind === 'average' ? { percent: 110, ofAverage: 3 } : 10;
}

function TargetFields({
  counts,
  target,
}: {
  counts: Measure | { share: Measure; of: Measure };
  target: Target;
}) {
  const { say } = useReader();
  const { set } = useForm();
  const measure = 'share' in counts ? null : counts;
  const digits = measure?.of === 'quantity' ? 3 : digitsOf(measure?.currency, 0);
  const unit = measure ? measure.currency : '%';
  const kind = targetKind(target);
  return (
    <div className="pair">
      <ChoiceField
        label={say('admin.form.target')}
        value={kind}
        change={(chosen) => set('goal.target', beginTarget(chosen))}
        options={targets.map((one) => ({ value: one, text: say(`admin.form.target.${one}`) }))}
      />
      {kind === 'fixed' && (
        <NumberField
          label={say('admin.form.target.size')}
          value={typeof target === 'number' ? target : undefined}
          change={(size) => set('goal.target', size)}
          decimals={digits}
          unit={unit}
        />
      )}
      {kind === 'individual' && (
        <NumberAt
          at="goal.target.otherwise"
          label={say('admin.form.target.otherwise')}
          decimals={digits}
          unit={unit}
        />
      )}
      {(kind === 'last-year' || kind === 'average') && (
        <NumberAt at="goal.target.percent" label={say('admin.form.target.percent')} unit="%" />
      )}
      {kind === 'average' && (
        <NumberAt at="goal.target.ofAverage" label={say('admin.form.target.of-average')} />
      )}
      <ErrorAt at="goal.target" />
    </div>
  );
}
