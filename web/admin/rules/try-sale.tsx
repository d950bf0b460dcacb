import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChoiceField, NumberField, TextField } from '../fields.tsx';
import { useReader } from '../language.tsx';
import { evidenceDetail, evidenceList, participant } from '../queries.ts';
import { SearchSelect } from '../search-select.tsx';
import { digitsOf, useForm } from './form-context.tsx';

/** Thousandths of a piece, and the currency's smallest part. */
type Line = { sku: string; quantityMilli: number | undefined; amountMinor: number | undefined };
/** A sale to be tried; people, shops and goods by their codes, attributes as they are typed. */
export type Sale = {
  day: string;
  participant: string;
  outlet: string;
  kind: string;
  lines: Line[];
  attributes: Record<string, string>;
};

type RealProps = {
  kinds: readonly string[];
  choose: (sale: Partial<Sale>) => void;
};

/** Takes over a sale that was really made: one of the newest receipts that were accepted. */
export function RealSale({ kinds, choose }: RealProps) {
  const { say, day } = useReader();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState('');
  const { data } = useQuery({ ...evidenceList({ state: 'verified' }), refetchInterval: false });
  if (!kinds.includes('receipt') || !data || data.items.length === 0) return null;
  const take = async (id: string) => {
    setChosen(id);
    const activity = id === '' ? null : (await queries.fetchQuery(evidenceDetail(id))).activity;
    if (!activity) return choose({});
    const seller = await queries.fetchQuery(participant(activity.participant.id));
    choose({
      day: activity.occurredAt.slice(0, 10),
      kind: activity.kind,
      participant: seller.code,
      outlet: activity.outlet.code,
      lines: activity.lines.map(({ product, quantityMilli, amountMinor }) => ({
        sku: product?.sku ?? '',
        quantityMilli,
        amountMinor,
      })),
    });
  };
  return (
    <ChoiceField
      label={say('admin.try.begin')}
      value={chosen}
      change={(id) => void take(id)}
      options={[
        { value: '', text: say('admin.try.made-up') },
        ...data.items.map(({ id, participant, outlet, occurredOn }) => ({
          value: id,
          text: [participant.name, outlet?.name, occurredOn && day(occurredOn)].filter(Boolean).join(', '),
        })),
      ]}
    />
  );
}

/** What activities of a declared kind tell besides, for a rule that reads it. */
function AttributeFields({ sale, change, types }: FieldsOfSale & { types: Record<string, string> }) {
  return Object.entries(types).map(([name, type]) => {
    const value = sale.attributes[name] ?? '';
    const put = (text: string) => change({ attributes: { ...sale.attributes, [name]: text } });
    return type === 'bool' ? (
      <ChoiceField
        key={name}
        label={name}
        value={value}
        change={put}
        options={['', 'true', 'false'].map((one) => ({ value: one, text: one }))}
      />
    ) : (
      <TextField key={name} label={name} value={value} change={put} />
    );
  });
}

type FieldsOfSale = { sale: Sale; change: (changes: Partial<Sale>) => void };

/** What, by whom, where and when. */
export function SaleFields({
  sale,
  change,
  kinds,
  types,
}: FieldsOfSale & {
  kinds: readonly string[];
  types: Record<string, string>;
}) {
  const { say } = useReader();
  const { called } = useForm();
  return (
    <div className="pair">
      <TextField
        label={say('admin.try.day')}
        type="date"
        value={sale.day}
        change={(day) => change({ day })}
      />
      <ChoiceField
        label={say('admin.try.kind')}
        value={sale.kind}
        change={(kind) => change({ kind })}
        options={kinds.map((kind) => ({ value: kind, text: called('kinds', kind) }))}
      />
      <SearchSelect
        of="participants"
        label={say('admin.column.participant')}
        value={sale.participant}
        change={(code) => change({ participant: code })}
      />
      <SearchSelect
        of="outlets"
        label={say('admin.column.outlet')}
        value={sale.outlet}
        change={(outlet) => change({ outlet })}
      />
      <AttributeFields sale={sale} change={change} types={types} />
    </div>
  );
}

/** The goods of the sale: chosen from the catalogue, at list price until somebody says otherwise. */
export function Lines({ lines, change }: { lines: Line[]; change: (lines: Line[]) => void }) {
  const { say } = useReader();
  const { products, currency, called } = useForm();
  const decimals = digitsOf(currency);
  const options = products.map(({ sku }) => ({ value: sku, text: called('products', sku) }));
  const priceOf = (sku: string) => products.find((one) => one.sku === sku)?.listPriceMinor ?? 1000;
  const put = (index: number, line: Partial<Line>) => {
    const next = { ...lines[index]!, ...line };
    // Other goods, or more of them, cost what the list says until somebody says otherwise.
    if (!('amountMinor' in line))
      next.amountMinor = Math.round((priceOf(next.sku) * (next.quantityMilli ?? 0)) / 1000);
    change(lines.with(index, next));
  };
  return (
    <>
      {lines.map((line, index) => (
        <div key={index} className="line">
          <ChoiceField
            label={say('admin.column.product')}
            value={line.sku}
            change={(sku) => put(index, { sku })}
            options={options}
          />
          <NumberField
            label={say('admin.column.quantity')}
            value={line.quantityMilli}
            change={(milli) => put(index, { quantityMilli: Number(milli ?? 0) })}
            decimals={3}
          />
          <NumberField
            label={say('admin.column.amount', { currency })}
            value={line.amountMinor}
            change={(minor) => put(index, { amountMinor: Number(minor ?? 0) })}
            decimals={decimals}
          />
        </div>
      ))}
      <p className="launch-row">
        <Button size="xs" variant="default" onClick={() => change([...lines, lines.at(-1)!])}>
          {say('admin.try.line')}
        </Button>
        {lines.length > 1 && (
          <Button size="xs" variant="default" onClick={() => change(lines.slice(0, -1))}>
            {say('admin.try.line.less')}
          </Button>
        )}
      </p>
    </>
  );
}
