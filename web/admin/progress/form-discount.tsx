import { Button } from '@mantine/core';
import { ChoiceField } from '../fields.tsx';
import { useReader } from '../language.tsx';
import type { Measure } from '../rules/document.ts';
import { ChoiceAt, digitsOf, ErrorAt, NumberAt, Part, PeriodAt, useForm } from '../rules/form-context.tsx';
import { TakeOut } from '../rules/form-pays.tsx';
import { ProductsPart } from '../rules/form-products.tsx';
import { CountsField, everyMeasure, KindsAt, useRewrite, useTyped } from './form-counts.tsx';
import type { DiscountDocument } from './shape.ts';

/** What a discount asks for beside its name. */
export function DiscountParts() {
  const { document } = useForm<DiscountDocument & { products?: unknown }>();
  return (
    <>
      <VolumePart />
      <TablePart />
      <ModePart />
      <ProductsPart at="products" hasLists={false} isOpen={document.products !== undefined} />
    </>
  );
}

function VolumePart() {
  const { say, name } = useReader();
  const { document, replace } = useForm<DiscountDocument>();
  const rewrite = useRewrite();
  const count = (counts: Measure) => {
    const table = document.table.map(({ from, ...row }) => ({
      ...(from !== undefined && { from: rewrite(from, document.counts, counts)! }),
      ...row,
    }));
    replace({ ...document, counts, table });
  };
  return (
    <Part title={say('admin.form.goal.counts')}>
      <ChoiceAt
        at="for"
        label={say('admin.form.who')}
        options={['participant', 'outlet', 'partner'].map((who) => ({
          value: who,
          text: name('admin.discounts.for', who),
        }))}
      />
      <KindsAt at="kinds" />
      <CountsField at="counts" counts={document.counts} measures={everyMeasure} change={count} />
      <PeriodAt at="window" label={say('admin.document.last')} />
    </Part>
  );
}

function TablePart() {
  const { say } = useReader();
  const { document, replace } = useForm<DiscountDocument>();
  const { table, counts } = document;
  const typed = useTyped()(counts);
  const add = () => {
    const from = Math.max(1000, ...table.map((row) => (row.from ?? 0) * 2));
    const percent = Math.min(100, Math.max(0, ...table.map((row) => row.percent ?? 0)) + 1);
    replace({ ...document, table: [...table, { from, percent }] });
  };
  return (
    <Part title={say('admin.discounts.table')} hint={say('admin.discounts.table.how')}>
      <ErrorAt at="table" />
      {table.map((_, index) => (
        <fieldset key={index} className="card">
          <legend className="unseen">{say('admin.discounts.row', { number: index + 1 })}</legend>
          <div className="pair">
            <NumberAt at={`table[${index}].from`} label={say('admin.discounts.from')} {...typed} />
            <NumberAt at={`table[${index}].percent`} label={say('admin.column.percent')} unit="%" />
          </div>
          {table.length > 1 && <TakeOut at={`table[${index}]`} number={index + 1} />}
        </fieldset>
      ))}
      <p>
        <Button size="xs" variant="default" onClick={add}>
          {say('admin.discounts.add')}
        </Button>
      </p>
    </Part>
  );
}

function ModePart() {
  const { say, name } = useReader();
  const { document, names, set, currency } = useForm<DiscountDocument>();
  const { mode, kinds, counts } = document;
  const asset = names.assets.find(({ code }) => code === 'points')?.code ?? names.assets[0]?.code;
  const begin = (kind: string) => (kind === 'bonus' ? { kind, kinds, asset, unitMinor: 100 } : { kind });
  const paidIn = counts.currency ?? currency;
  return (
    <Part title={say('admin.discounts.mode')}>
      <ChoiceField
        label={say('admin.form.way')}
        value={mode.kind}
        change={(kind) => set('mode', begin(kind))}
        options={(['discount', 'bonus'] as const).map((kind) => ({
          value: kind,
          text: say(`admin.discounts.mode.${kind}`),
        }))}
      />
      {mode.kind === 'bonus' && (
        <>
          <KindsAt at="mode.kinds" label={say('admin.discounts.bonus.kinds')} />
          <div className="pair">
            <ChoiceAt
              at="mode.asset"
              label={say('admin.form.asset')}
              options={names.assets.map(({ code }) => ({ value: code, text: name('admin.asset', code) }))}
            />
            <NumberAt
              at="mode.unitMinor"
              label={say('admin.discounts.bonus.unit')}
              decimals={digitsOf(paidIn)}
              unit={paidIn}
            />
          </div>
        </>
      )}
      <ErrorAt at="mode" />
    </Part>
  );
}
