import { ChoiceField } from '../fields.tsx';
import { useReader } from '../language.tsx';
import { beginMeasure, type Measure } from '../rules/document.ts';
import { ChoiceAt, digitsOf, ErrorAt, ManyAt, useForm } from '../rules/form-context.tsx';
import { unitOf, type Told } from './reading.ts';

export const everyMeasure = ['quantity', 'amount', 'total', 'activities', 'outlets', 'skus'];

/** Of which activities something is counted. */
export function KindsAt({ at, label }: { at: string; label?: string }) {
  const { say } = useReader();
  const { names, called } = useForm<unknown>();
  return (
    <ManyAt
      at={at}
      label={label ?? say('admin.form.kinds')}
      isNeeded
      options={names.kinds.map(({ code }) => ({ value: code, text: called('kinds', code) }))}
    />
  );
}

/** What is counted: one of `measures`. `change` gets the whole measure, as what depends on it changes too. */
export function CountsField({
  at,
  counts,
  measures,
  change,
}: {
  at: string;
  counts: Measure;
  measures: readonly string[];
  change: (counts: Measure) => void;
}) {
  const { say, name } = useReader();
  const { names, currency } = useForm<unknown>();
  const asset = names.assets.find(({ code }) => code === 'status')?.code ?? names.assets[0]?.code;
  return (
    <div className="pair">
      <ChoiceField
        label={say('admin.form.goal.counts')}
        value={counts.of}
        change={(of) => change(beginMeasure(of, currency, asset))}
        options={measures.map((of) => ({ value: of, text: name('admin.measure', of) }))}
      />
      {counts.of === 'earned' && (
        <ChoiceAt
          at={`${at}.asset`}
          label={say('admin.form.asset')}
          options={names.assets.map(({ code }) => ({ value: code, text: name('admin.asset', code) }))}
        />
      )}
      <ErrorAt at={at} />
      <ErrorAt at={`${at}.currency`} />
    </div>
  );
}

/** How amounts of a measure are typed: so many digits after the mark, in this unit. */
export function useTyped(): (counts: Measure) => { decimals: number; unit: string | undefined } {
  const reader = useReader();
  const form = useForm<unknown>();
  return (counts) => ({
    decimals: decimalsOf(counts, form.scaleOf),
    unit: unitOf(counts, { reader, ...form }),
  });
}

const decimalsOf = ({ of, currency, asset = '' }: Measure, scaleOf: Told['scaleOf']): number => {
  if (of === 'amount' || of === 'total') return digitsOf(currency);
  return of === 'quantity' ? 3 : of === 'earned' ? scaleOf(asset).scale : 0;
};

/** An amount of one measure as that of another which people write with the same digits: 100 pieces, 100 ringgit. */
export function useRewrite(): (amount: number | undefined, from: Measure, to: Measure) => number | undefined {
  const { scaleOf } = useForm<unknown>();
  return (amount, from, to) =>
    amount === undefined
      ? undefined
      : Math.round(amount * 10 ** (decimalsOf(to, scaleOf) - decimalsOf(from, scaleOf)));
}
