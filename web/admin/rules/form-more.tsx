import { Button } from '@mantine/core';
import { ChoiceField } from '../fields.tsx';
import { useReader } from '../language.tsx';
import { beginMeasure, type Expiry, type Limit, type RuleDocument } from './document.ts';
import { ChoiceAt, digitsOf, ErrorAt, NumberAt, Part, PeriodAt, TextAt, useForm } from './form-context.tsx';
import { TakeOut } from './form-pays.tsx';

const subjects = ['participant', 'outlet', 'rule'];
const spans = ['activity', 'day', 'week', 'month', 'programme'];

/** How much at most, and what the whole rule may cost. */
export function LimitsPart() {
  const { say } = useReader();
  const { document, replace, currency } = useForm();
  const { limits = [] } = document;
  const asset = document.effects.find((effect) => effect.asset)?.asset ?? 'points';
  const add = (limit: Limit) => replace({ ...document, limits: [...limits, limit] });
  const addMoney = () => {
    const limit = { of: 'rule', per: 'month', value: { minor: 100_000, currency }, over: 'partial' };
    const values = { [asset]: { units: 100, minor: 100, currency }, ...document.values };
    replace({ ...document, limits: [...limits, limit], values });
  };
  return (
    <Part title={say('admin.form.limits')} hint={say('admin.form.limits.how')} isOpen={limits.length > 0}>
      <ErrorAt at="limits" />
      {limits.map((limit, index) => (
        <LimitFields key={index} limit={limit} at={`limits[${index}]`} number={index + 1} />
      ))}
      <div className="ticks">
        <Button
          size="xs"
          variant="default"
          onClick={() => add({ of: 'participant', per: 'day', asset, units: 100, over: 'partial' })}
        >
          {say('admin.form.limit.add')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => add({ of: 'rule', per: 'programme', asset, units: 10_000, over: 'partial' })}
        >
          {say('admin.form.budget.add')}
        </Button>
        <Button size="xs" variant="default" onClick={addMoney}>
          {say('admin.form.budget.money')}
        </Button>
      </div>
      <Worth />
    </Part>
  );
}

function LimitFields({ limit, at, number }: { limit: Limit; at: string; number: number }) {
  const { say, name } = useReader();
  const { names } = useForm();
  const scale = names.assets.find(({ code }) => code === limit.asset)?.scale ?? 0;
  return (
    <fieldset className="card">
      <legend className="unseen">{say('admin.form.limit', { number })}</legend>
      <div className="pair">
        {limit.value ? (
          <NumberAt
            at={`${at}.value.minor`}
            label={say('admin.form.limit.units')}
            decimals={digitsOf(limit.value.currency)}
            unit={limit.value.currency}
          />
        ) : (
          <NumberAt
            at={`${at}.units`}
            label={say('admin.form.limit.units')}
            decimals={scale}
            unit={name('admin.asset', limit.asset ?? '')}
          />
        )}
        <ChoiceAt
          at={`${at}.per`}
          label={say('admin.form.limit.per')}
          options={spans.map((span) => ({ value: span, text: name('admin.form.span', span) }))}
        />
        <ChoiceAt
          at={`${at}.of`}
          label={say('admin.form.limit.of')}
          options={subjects.map((of) => ({ value: of, text: name('admin.form.limit.of', of) }))}
        />
        <ChoiceAt
          at={`${at}.over`}
          label={say('admin.form.limit.over')}
          options={['partial', 'nothing', 'honour'].map((over) => ({
            value: over,
            text: name('admin.form.limit.over', over),
          }))}
        />
      </div>
      <ErrorAt at={`${at}.asset`} />
      <TakeOut at={at} number={number} />
    </fieldset>
  );
}

/** What units are worth, which a budget in money has to know. */
function Worth() {
  const { say, name } = useReader();
  const { document } = useForm();
  if (!document.limits?.some(({ value }) => value)) return null;
  const assets = [...new Set(document.effects.flatMap(({ asset }) => asset ?? []))];
  return assets.map((asset) => (
    <div key={asset} className="pair">
      <NumberAt
        at={`values.${asset}.units`}
        label={say('admin.form.worth.units', { asset: name('admin.asset', asset) })}
      />
      <NumberAt
        at={`values.${asset}.minor`}
        label={say('admin.form.worth.money')}
        decimals={digitsOf(document.values?.[asset]?.currency)}
        unit={document.values?.[asset]?.currency}
      />
    </div>
  ));
}

/** What happens beside other rules, and which part of an amount counts. */
export function BesidePart() {
  const { say, name } = useReader();
  const { document } = useForm();
  const isUsual = document.stacking.mode === 'sum' && document.base === undefined;
  return (
    <Part title={say('admin.form.beside')} hint={say('admin.form.beside.how')} isOpen={!isUsual}>
      <div className="pair">
        <ChoiceAt
          at="stacking.mode"
          label={say('admin.form.mode')}
          options={['sum', 'best', 'first', 'exclusive'].map((mode) => ({
            value: mode,
            text: name('admin.form.mode', mode),
          }))}
        />
        <TextAt
          at="stacking.group"
          label={say('admin.form.group')}
          hint={say('admin.form.group.how')}
          isNeeded
          isCode
        />
        <NumberAt at="stacking.order" label={say('admin.form.order')} hint={say('admin.form.order.how')} />
        <ChoiceAt
          at="base"
          none="gross"
          label={say('admin.form.base')}
          options={['gross', 'net-of-discount', 'net-of-points'].map((base) => ({
            value: base,
            text: name('admin.form.base', base),
          }))}
        />
        <ChoiceAt
          at="rounding.mode"
          label={say('admin.form.rounding')}
          options={['down', 'half-up', 'up'].map((mode) => ({
            value: mode,
            text: name('admin.form.rounding', mode),
          }))}
        />
        <ChoiceAt
          at="rounding.at"
          label={say('admin.form.rounding.at')}
          options={['activity', 'line'].map((at) => ({
            value: at,
            text: name('admin.form.rounding.at', at),
          }))}
        />
      </div>
    </Part>
  );
}

/** When what was earned can be spent, and until when. */
export function SpendingPart() {
  const { say } = useReader();
  const { document } = useForm();
  const { expires, pending, taxClass } = document;
  const isUsed = expires !== undefined || pending !== undefined || taxClass !== undefined;
  return (
    <Part title={say('admin.form.spending')} hint={say('admin.form.spending.how')} isOpen={isUsed}>
      <ExpiryFields />
      <PendingFields />
      <TextAt at="taxClass" label={say('admin.form.tax')} hint={say('admin.form.tax.how')} isCode />
    </Part>
  );
}

const expiryKind = (expires: Expiry | { earlier: unknown } | undefined): string => {
  if (!expires) return 'never';
  if ('earlier' in expires) return 'earlier';
  return 'on' in expires ? 'on' : 'after';
};

function ExpiryFields() {
  const { say } = useReader();
  const { document, set } = useForm();
  const kind = expiryKind(document.expires);
  const begin = (chosen: string) => {
    if (chosen === 'never') return undefined;
    if (chosen === 'on') return { on: `${new Date().getFullYear() + 1}-12-31` };
    return chosen === 'after' ? { after: 'P12M', endOf: 'month' } : document.expires;
  };
  const options = ['never', 'after', 'on', ...(kind === 'earlier' ? ['earlier'] : [])];
  return (
    <div className="pair">
      <ChoiceField
        label={say('admin.form.expires')}
        value={kind}
        change={(chosen) => set('expires', begin(chosen))}
        options={options.map((one) => ({ value: one, text: say(`admin.form.expires.${one as 'never'}`) }))}
      />
      {kind === 'on' && <TextAt at="expires.on" type="date" label={say('admin.form.expires.day')} isNeeded />}
      {kind === 'after' && <CountedFields at="expires" label={say('admin.form.expires.period')} />}
      <ErrorAt at="expires" />
    </div>
  );
}

function PendingFields() {
  const { say } = useReader();
  const { document, set } = useForm();
  const { pending } = document;
  const kind = pending === undefined ? 'at-once' : 'until' in pending ? 'event' : 'after';
  const begin = (chosen: string) => {
    if (chosen === 'at-once') return undefined;
    return chosen === 'event' ? { until: 'delivery' } : { after: 'P14D' };
  };
  return (
    <div className="pair">
      <ChoiceField
        label={say('admin.form.pending')}
        value={kind}
        change={(chosen) => set('pending', begin(chosen))}
        options={(['at-once', 'after', 'event'] as const).map((one) => ({
          value: one,
          text: say(`admin.form.pending.${one}`),
        }))}
      />
      {kind === 'event' && (
        <TextAt at="pending.until" label={say('admin.form.pending.until')} isNeeded isCode />
      )}
      {kind === 'after' && <CountedFields at="pending" label={say('admin.form.expires.period')} />}
      <ErrorAt at="pending" />
    </div>
  );
}

function CountedFields({ at, label }: { at: string; label: string }) {
  const { say, name } = useReader();
  return (
    <>
      <PeriodAt at={`${at}.after`} label={label} />
      <ChoiceAt
        at={`${at}.endOf`}
        none=""
        label={say('admin.form.end-of')}
        options={[
          { value: '', text: say('admin.form.end-of.none') },
          ...['month', 'quarter', 'year'].map((end) => ({
            value: end,
            text: name('admin.form.end-of', end),
          })),
        ]}
      />
    </>
  );
}

/** Trying a rule out on a part of its audience, so that what it brings can be measured. */
export function ExperimentPart() {
  const { say, name } = useReader();
  const { document, set, currency } = useForm();
  const { experiment, code, goal } = document;
  const begin = {
    name: code,
    of: goal?.for === 'outlet' ? 'outlet' : 'participant',
    treatmentPercent: 80,
    measure: { of: 'total', currency },
  };
  return (
    <Part
      title={say('admin.form.experiment')}
      hint={say('admin.form.experiment.how')}
      isOpen={experiment !== undefined}
    >
      <label className="tick">
        <input
          type="checkbox"
          checked={experiment !== undefined}
          onChange={({ currentTarget: { checked } }) => set('experiment', checked ? begin : undefined)}
        />
        {say('admin.form.experiment.on')}
      </label>
      <ErrorAt at="experiment" />
      {experiment && (
        <div className="pair">
          <NumberAt at="experiment.treatmentPercent" label={say('admin.form.experiment.share')} unit="%" />
          <TextAt at="experiment.name" label={say('admin.form.experiment.name')} isNeeded isCode />
          <ChoiceAt
            at="experiment.of"
            label={say('admin.form.experiment.of')}
            options={['participant', 'outlet'].map((of) => ({
              value: of,
              text: name('admin.form.limit.of', of),
            }))}
          />
          <ChoiceField
            label={say('admin.form.experiment.measure')}
            value={experiment.measure.of}
            change={(of) => set('experiment.measure', beginMeasure(of, currency, assetOf(document)))}
            options={measures.map((of) => ({
              value: of,
              text: name('admin.measure', of),
            }))}
          />
        </div>
      )}
    </Part>
  );
}

const measures = ['total', 'amount', 'quantity', 'activities', 'skus', 'outlets', 'earned'];

const assetOf = ({ effects }: RuleDocument) => effects.find(({ asset }) => asset)?.asset;
