import { Button } from '@mantine/core';
import { ChoiceField, NumberField, TextField, type Option } from '../fields.tsx';
import { languages, useReader } from '../language.tsx';
import { ErrorAt, Part, PeriodAt, TextAt, useForm } from '../rules/form-context.tsx';
import { TakeOutButton } from '../rules/form-pays.tsx';
import { peopleKinds } from '../rules/form.tsx';
import { ProductsPart } from '../rules/form-products.tsx';
import { CountsField, everyMeasure, KindsAt, useTyped } from './form-counts.tsx';
import { isCounted, readComparisons, writeComparisons, type Comparison } from './read-condition.ts';
import { comparisonNames, subjectIn } from './reading.ts';
import type { Counter, SegmentDocument } from './shape.ts';

/** What a segment asks for beside its name: what is counted of each, and who belongs to it. */
export function SegmentParts() {
  return (
    <>
      <CountersPart />
      <BelongPart />
    </>
  );
}

const countersMax = 10;

function CountersPart() {
  const { say } = useReader();
  const { document, names, replace, set } = useForm<SegmentDocument>();
  const { counters } = document;
  const counted = Object.keys(counters);
  const add = () => {
    const kind = names.kinds[0]?.code ?? 'receipt';
    const base = kind.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 20) || 'count';
    let name = base;
    for (let number = 2; name in counters; number++) name = `${base}${number}`;
    const counter = { kinds: [kind], counts: { of: 'activities' }, last: 'P30D' };
    replace({ ...document, counters: { ...counters, [name]: counter } });
  };
  const take = (name: string) => {
    const { [name]: _taken, ...others } = counters;
    set('counters', others);
  };
  return (
    <Part title={say('admin.segments.counters')} hint={say('admin.segments.counters.how')}>
      <ErrorAt at="counters" />
      {counted.map((name, index) => (
        <fieldset key={name} className="card">
          <legend className="unseen">{say('admin.segments.counter', { number: index + 1 })}</legend>
          <CounterFields at={`counters.${name}`} counter={counters[name]!} />
          <TakeOutButton number={index + 1} take={() => take(name)} />
        </fieldset>
      ))}
      {counted.length < countersMax && (
        <p>
          <Button size="xs" variant="default" onClick={add}>
            {say('admin.segments.counters.add')}
          </Button>
        </p>
      )}
    </Part>
  );
}

function CounterFields({ at, counter }: { at: string; counter: Counter & { products?: unknown } }) {
  const { say } = useReader();
  const { set } = useForm<SegmentDocument>();
  return (
    <>
      <KindsAt at={`${at}.kinds`} />
      <CountsField
        at={`${at}.counts`}
        counts={counter.counts}
        measures={everyMeasure}
        change={(counts) => set(`${at}.counts`, counts)}
      />
      <PeriodAt at={`${at}.last`} label={say('admin.document.last')} />
      <ProductsPart at={`${at}.products`} hasLists={false} isOpen={counter.products !== undefined} />
      <ErrorAt at={at} />
    </>
  );
}

/** Who belongs to it: comparisons to choose as far as the condition is made of such, and always the expression itself. */
function BelongPart() {
  const { say } = useReader();
  const { document, set } = useForm<SegmentDocument>();
  const read = readComparisons(document.condition);
  return (
    <Part title={say('admin.segments.belong')}>
      {read ? <Comparisons /> : <p className="is-soft">{say('admin.segments.only-text')}</p>}
      {!read && document.condition === '' && (
        <p>
          <Button
            size="xs"
            variant="default"
            onClick={() => set('condition', 'participant.kind == "seller"')}
          >
            {say('admin.segments.belong.add')}
          </Button>
        </p>
      )}
      <TextAt
        at="condition"
        label={say('admin.segments.expression')}
        hint={say('admin.segments.expression.how')}
        lines={2}
        isNeeded
        isCode
      />
    </Part>
  );
}

function Comparisons() {
  const { say } = useReader();
  const { document, set } = useForm<SegmentDocument>();
  const { join, parts } = readComparisons(document.condition)!;
  const write = (changes: { join?: '&&' | '||'; parts?: Comparison[] }) =>
    set('condition', writeComparisons({ join, parts, ...changes }));
  const [counter] = Object.keys(document.counters);
  const begin = counter
    ? { subject: `counted.${counter}`, is: '>=', value: '1' }
    : { subject: 'participant.kind', is: '==', value: 'seller' };
  return (
    <>
      {parts.length > 1 && (
        <ChoiceField
          label={say('admin.segments.join')}
          value={join}
          change={(chosen) => write({ join: chosen as '&&' | '||' })}
          options={[
            { value: '&&', text: say('admin.segments.join.all') },
            { value: '||', text: say('admin.segments.join.any') },
          ]}
        />
      )}
      {parts.map((part, index) => (
        <fieldset key={index} className="card">
          <legend className="unseen">{say('admin.segments.comparison', { number: index + 1 })}</legend>
          <ComparisonFields part={part} change={(next) => write({ parts: parts.with(index, next) })} />
          {parts.length > 1 && (
            <TakeOutButton number={index + 1} take={() => write({ parts: parts.toSpliced(index, 1) })} />
          )}
        </fieldset>
      ))}
      <p>
        <Button size="xs" variant="default" onClick={() => write({ parts: [...parts, begin] })}>
          {say('admin.segments.belong.add')}
        </Button>
      </p>
    </>
  );
}

const traits = ['participant.tier', 'participant.kind', 'participant.language', 'participant.code'];

function ComparisonFields({ part, change }: { part: Comparison; change: (part: Comparison) => void }) {
  const reader = useReader();
  const { say, name } = reader;
  const form = useForm<SegmentDocument>();
  const { counters } = form.document;
  const words = useTraitWords();
  const { subject, is } = part;
  const subjects = [...Object.keys(counters).map((one) => `counted.${one}`), ...traits];
  const choose = (chosen: string) =>
    isCounted(chosen)
      ? change({ subject: chosen, is: '>=', value: '1' })
      : change({ subject: chosen, is: '==', value: words(chosen)?.[0]?.value ?? '' });
  const ways = isCounted(subject) ? ['>=', '<=', '>', '<', '==', '!='] : ['==', '!='];
  return (
    <>
      <ChoiceField
        label={say('admin.segments.subject')}
        value={subject}
        change={choose}
        options={subjects.map((one) => ({ value: one, text: subjectIn(one, counters, { reader, ...form }) }))}
      />
      <div className="pair">
        <ChoiceField
          label={say('admin.segments.is')}
          value={is}
          change={(chosen) => change({ ...part, is: chosen })}
          options={ways.map((way) => ({
            value: way,
            text: name('admin.segments.is', comparisonNames[way]!),
          }))}
        />
        <ValueField
          part={part}
          options={words(subject)}
          change={(given) => change({ subject, is, value: given })}
        />
      </div>
    </>
  );
}

function ValueField({
  part: { subject, value },
  options,
  change,
}: {
  part: Comparison;
  options: Option[] | undefined;
  change: (value: string) => void;
}) {
  const { say } = useReader();
  const { document } = useForm<SegmentDocument>();
  const typed = useTyped();
  const label = say('admin.segments.value');
  if (!isCounted(subject))
    return options ? (
      <ChoiceField label={label} value={value} change={change} options={options} />
    ) : (
      <TextField
        label={label}
        value={value}
        change={(text) => change(text.replaceAll(/["'\\]/g, ''))}
        isCode
      />
    );
  const counter = document.counters[subject.slice('counted.'.length)];
  return (
    <NumberField
      label={label}
      value={value === '' ? undefined : Number(value)}
      change={(given) => change(given === undefined ? '' : String(given))}
      {...(counter && typed(counter.counts))}
    />
  );
}

/** The words that a trait can be; undefined where it can be any. */
function useTraitWords(): (subject: string) => Option[] | undefined {
  const { name } = useReader();
  const { names, called } = useForm<SegmentDocument>();
  return (subject) => {
    if (subject === 'participant.tier')
      return names.tiers.map(({ code }) => ({ value: code, text: called('tiers', code) }));
    if (subject === 'participant.kind')
      return peopleKinds.map((kind) => ({ value: kind, text: name('admin.participant-kind', kind) }));
    if (subject === 'participant.language')
      return Object.entries(languages).map(([code, text]) => ({ value: code, text }));
    return undefined;
  };
}
