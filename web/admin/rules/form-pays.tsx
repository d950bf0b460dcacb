import { Button } from '@mantine/core';
import { ChoiceField, ManyField } from '../fields.tsx';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import type { Effect, RuleDocument } from './document.ts';
import { ChoiceAt, digitsOf, ErrorAt, NumberAt, Part, TextAt, useForm } from './form-context.tsx';

/** What can be paid, and what each begins with. */
const ways = [
  'activity',
  'line',
  'quantity',
  'amount',
  'share',
  'goal',
  'multiply',
  'certificate',
  'draw',
  'message',
] as const;
type Way = (typeof ways)[number];

const wayOf = ({ kind, per = '' }: Effect): string => (kind === 'award' ? per : kind);

/** An effect of another way that keeps what both have. */
function begin(
  way: Way,
  { leg, asset, units }: Partial<Effect>,
  { currency, assets, groups }: Begin,
): Effect {
  const award = { kind: 'award', leg: leg ?? 'main', asset: asset ?? assets[0] ?? 'points', per: way };
  const sized = { ...award, units: units ?? 1 };
  if (way === 'quantity') return { ...sized, stepMilli: 1000 };
  if (way === 'amount') return { ...sized, stepMinor: 1000, currency };
  if (way === 'share') return { ...award, basisPoints: 200, unitMinor: 10, currency };
  if (way === 'multiply')
    return { kind: way, leg: award.leg, asset: award.asset, groups: groups.slice(0, 1), percent: 200 };
  if (way === 'message') return { kind: way, leg: leg ?? 'praise', texts: { en: '' } };
  if (way === 'certificate' || way === 'draw') return { kind: way, leg: leg ?? way, name: way, count: 1 };
  return sized;
}

type Begin = { currency: string; assets: string[]; groups: string[] };

/** What the rule pays: one effect or several. */
export function PaysPart() {
  const { say } = useReader();
  const { document, replace, currency, names } = useForm();
  const given: Begin = {
    currency,
    assets: names.assets.map(({ code }) => code),
    groups: names.groups.filter(({ multiplies }) => !multiplies).map(({ code }) => code),
  };
  const add = () => {
    const way = document.goal ? 'goal' : 'activity';
    const effect = begin(way, { leg: freeLeg(document) }, given);
    replace({ ...document, effects: [...document.effects, effect] });
  };
  return (
    <Part title={say('admin.form.pays')}>
      <ErrorAt at="effects" />
      {document.effects.map((effect, index) => (
        <fieldset key={index} className="card">
          <legend className="unseen">{say('admin.form.effect', { number: index + 1 })}</legend>
          <WayField index={index} given={given} />
          <EffectFields effect={effect} at={`effects[${index}]`} />
          {document.effects.length > 1 && <TakeOut at={`effects[${index}]`} number={index + 1} />}
        </fieldset>
      ))}
      <p>
        <Button size="xs" variant="default" onClick={add}>
          {say('admin.form.effect.add')}
        </Button>
      </p>
      <Payee />
    </Part>
  );
}

/** Somebody else who is paid: whoever is linked to the participant, the shop or its company. */
function Payee() {
  const { say } = useReader();
  const { document, set } = useForm();
  const { to } = document;
  return (
    <div className="pair">
      <ChoiceField
        label={say('admin.form.payee')}
        value={to ? (to.of ?? 'participant') : 'self'}
        change={(of) => set('to', of === 'self' ? undefined : { link: to?.link ?? 'referrer', of })}
        options={(['self', 'participant', 'outlet', 'partner'] as const).map((of) => ({
          value: of,
          text: say(`admin.form.payee.${of}`),
        }))}
      />
      {to && <TextAt at="to.link" label={say('admin.form.payee.link')} isNeeded isCode />}
      {to && <NumberAt at="to.level" label={say('admin.form.payee.level')} />}
      <ErrorAt at="to" />
    </div>
  );
}

function freeLeg({ effects }: RuleDocument): string {
  let number = effects.length + 1;
  while (effects.some(({ leg }) => leg === `part-${number}`)) number++;
  return `part-${number}`;
}

function WayField({ index, given }: { index: number; given: Begin }) {
  const { say } = useReader();
  const { document, set } = useForm();
  const effect = document.effects[index]!;
  return (
    <ChoiceField
      label={say('admin.form.way')}
      value={wayOf(effect)}
      change={(way) => set(`effects[${index}]`, begin(way as Way, effect, given))}
      options={ways.map((way) => ({ value: way, text: say(`admin.form.way.${way}`) }))}
    />
  );
}

/** Takes one of several things out of the document. */
export function TakeOut({ at, number }: { at: string; number: number }) {
  const { set } = useForm<unknown>();
  return <TakeOutButton number={number} take={() => set(at, undefined)} />;
}

/** The button that takes out one of several things. */
export function TakeOutButton({ number, take }: { number: number; take: () => void }) {
  const { say } = useReader();
  return (
    <button
      type="button"
      className="take-out"
      aria-label={say('admin.form.take-out', { number })}
      onClick={take}
    >
      <Icon name="cross" />
    </button>
  );
}

function EffectFields({ effect, at }: { effect: Effect; at: string }) {
  const { say, language } = useReader();
  if (effect.kind === 'multiply') return <MultiplyFields effect={effect} at={at} />;
  if (effect.kind === 'message')
    return (
      <>
        <TextAt at={`${at}.texts.en`} label={say('admin.form.message')} lines={2} isNeeded />
        {language !== 'en' && (
          <TextAt at={`${at}.texts.${language}`} label={say('admin.form.message.own')} lines={2} />
        )}
      </>
    );
  if (effect.kind === 'certificate' || effect.kind === 'draw')
    return (
      <div className="pair">
        <TextAt at={`${at}.name`} label={say(`admin.form.${effect.kind}.name`)} isNeeded />
        <NumberAt
          at={`${at}.count`}
          label={say('admin.form.count')}
          hint={say('admin.form.size.how')}
          orText
        />
      </div>
    );
  return <AwardFields effect={effect} at={at} />;
}

function AwardFields({ effect: { per, asset = '', currency = '' }, at }: { effect: Effect; at: string }) {
  const { say, name } = useReader();
  const { names } = useForm();
  const kind = names.assets.find(({ code }) => code === asset);
  const isFormula = per !== 'goal';
  return (
    <div className="pair">
      {per === 'share' ? (
        <NumberAt at={`${at}.basisPoints`} label={say('admin.form.share')} decimals={2} unit="%" orText />
      ) : (
        <NumberAt
          at={`${at}.units`}
          label={say('admin.form.units')}
          decimals={kind?.scale ?? 0}
          orText={isFormula}
          {...(isFormula && { hint: say('admin.form.size.how') })}
        />
      )}
      <ChoiceAt
        at={`${at}.asset`}
        label={say('admin.form.asset')}
        options={names.assets.map(({ code }) => ({ value: code, text: name('admin.asset', code) }))}
      />
      {per === 'quantity' && (
        <NumberAt at={`${at}.stepMilli`} label={say('admin.form.step.pieces')} decimals={3} />
      )}
      {per === 'amount' && (
        <NumberAt
          at={`${at}.stepMinor`}
          label={say('admin.form.step.amount')}
          decimals={digitsOf(currency)}
          unit={currency}
        />
      )}
      {per === 'share' && (
        <NumberAt
          at={`${at}.unitMinor`}
          label={say('admin.form.unit-worth')}
          decimals={digitsOf(currency)}
          unit={currency}
        />
      )}
      {per === 'goal' && (
        <NumberAt
          at={`${at}.at`}
          label={say('admin.form.milestone')}
          hint={say('admin.form.milestone.how')}
          unit="%"
        />
      )}
    </div>
  );
}

function MultiplyFields({ effect, at }: { effect: Effect; at: string }) {
  const { say, name } = useReader();
  const { names, set, document, called } = useForm();
  const groups = names.groups.filter(
    ({ multiplies, code }) => !multiplies && code !== document.stacking.group,
  );
  return (
    <>
      <ManyField
        label={say('admin.form.groups')}
        value={effect.groups}
        change={(chosen) => set(`${at}.groups`, chosen)}
        options={groups.map(({ code }) => ({ value: code, text: called('groups', code) }))}
      />
      <ErrorAt at={`${at}.groups`} />
      <div className="pair">
        <NumberAt
          at={`${at}.percent`}
          label={say('admin.form.times')}
          hint={say('admin.form.times.how')}
          decimals={2}
          orText
          unit="×"
        />
        <ChoiceAt
          at={`${at}.asset`}
          label={say('admin.form.asset')}
          options={names.assets.map(({ code }) => ({ value: code, text: name('admin.asset', code) }))}
        />
      </div>
    </>
  );
}
