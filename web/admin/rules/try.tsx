import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, type Participant, type Product, type Tried } from '../api.ts';
import { FiredRule, QuietRules } from '../evidence/awards.tsx';
import { ChoiceField, NumberField, TextField } from '../fields.tsx';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { outlets, participants } from '../queries.ts';
import type { RuleDocument } from './document.ts';
import { digitsOf, useForm } from './form-context.tsx';
import '../slip.css';

type Line = { sku: string; quantityMilli: number | undefined; amountMinor: number | undefined };
type Sale = {
  day: string;
  participant: string;
  outlet: string;
  kind: string;
  lines: Line[];
  attributes: Record<string, string>;
};

/** A sale that nobody has made, judged by this document beside the live rules as if today were its day. */
export function TryIt({ document, programme }: { document: RuleDocument; programme: string | undefined }) {
  const { say } = useReader();
  const people = useQuery(participants).data?.items ?? [];
  const shops = useQuery(outlets).data?.items ?? [];
  const { products, today } = useForm();
  const [given, setGiven] = useState<Partial<Sale>>({});
  const sale = { ...imagine(document, people, shops, products, today), ...given };
  const change = (changes: Partial<Sale>) => setGiven({ ...given, ...changes });
  const judged = useMutation({ mutationFn: () => judge(sale, document, programme) });
  return (
    <section className="try" aria-labelledby="try">
      <h2 id="try">{say('admin.try.title')}</h2>
      <p className="is-soft">{say('admin.try.how')}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          judged.mutate();
        }}
      >
        <SaleFields
          sale={sale}
          change={change}
          kinds={document.scope.kinds}
          types={document.scope.attributes ?? {}}
          people={people}
          shops={shops}
        />
        <Lines lines={sale.lines} change={(lines) => change({ lines })} />
        <p>
          <Button type="submit" variant="default" loading={judged.isPending}>
            {say('admin.try.now')}
          </Button>
        </p>
      </form>
      <div aria-live="polite">
        {judged.error && (
          <p className="is-bad">
            <Icon name="warning" /> {judged.error.message || say('admin.launch.failed')}
          </p>
        )}
        {judged.data && <Judged tried={judged.data} code={document.code} />}
      </div>
    </section>
  );
}

type Shop = { code: string; name: string };

// Somebody for whom the rule is, on a day on which it counts, with goods that it names.
function imagine(
  { scope }: RuleDocument,
  people: readonly Participant[],
  shops: readonly Shop[],
  products: readonly Product[],
  today: string,
): Sale {
  const { audience = {}, products: chosen = {}, from, to } = scope;
  const fits = (list: readonly string[] | undefined, value: string) => !list || list.includes(value);
  const person = people.find(
    (one) => fits(audience.tiers, one.tier) && fits(audience.participantKinds, one.kind),
  );
  const product = products.find(
    (one) =>
      fits(chosen.skus, one.sku) && fits(chosen.categories, one.category) && (!chosen.focus || one.isFocus),
  );
  const price = product?.listPriceMinor ?? 1000;
  return {
    day: from && from > today ? from : to && to < today ? to : today,
    participant: (person ?? people[0])?.code ?? '',
    outlet: audience.outlets?.[0] ?? shops[0]?.code ?? '',
    kind: scope.kinds[0] ?? 'receipt',
    lines: [{ sku: product?.sku ?? '', quantityMilli: 10_000, amountMinor: price * 10 }],
    attributes: {},
  };
}

function judge(sale: Sale, document: RuleDocument, programme: string | undefined) {
  const lines = sale.lines.map(({ sku, quantityMilli = 0, amountMinor = 0 }) => ({
    ...(sku !== '' && { sku }),
    quantityMilli,
    amountMinor,
  }));
  const types = document.scope.attributes ?? {};
  const attributes = Object.fromEntries(
    Object.entries(sale.attributes)
      .filter(([name, text]) => name in types && text !== '')
      .map(([name, text]) => [name, asTold(text, types[name]!)]),
  );
  return bodyOf(
    client.POST('/api/v1/rules/evaluate', {
      body: {
        ...(programme !== undefined && { programme }),
        // Noon in most of the world: the day is the same one almost everywhere.
        today: `${sale.day}T10:00:00Z`,
        rules: [document],
        kind: sale.kind,
        ...(Object.keys(attributes).length > 0 && { attributes }),
        participant: sale.participant,
        outlet: sale.outlet,
        totalMinor: lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
        lines,
      },
    }),
  );
}

// What is typed, as a value of the attribute's type.
function asTold(text: string, type: string): string | number | boolean {
  if (type === 'bool') return text === 'true';
  return type === 'string' ? text : Number(text.replace(',', '.'));
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

function SaleFields({
  sale,
  change,
  kinds,
  people,
  shops,
  types,
}: FieldsOfSale & {
  kinds: readonly string[];
  types: Record<string, string>;
  people: readonly Participant[];
  shops: readonly Shop[];
}) {
  const { say, name } = useReader();
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
      <ChoiceField
        label={say('admin.column.participant')}
        value={sale.participant}
        change={(participant) => change({ participant })}
        options={people.map((one) => ({
          value: one.code,
          text: `${one.name} · ${name('admin.tier', one.tier)}`,
        }))}
      />
      <ChoiceField
        label={say('admin.column.outlet')}
        value={sale.outlet}
        change={(outlet) => change({ outlet })}
        options={shops.map(({ code, name: text }) => ({ value: code, text }))}
      />
      <AttributeFields sale={sale} change={change} types={types} />
    </div>
  );
}

function Lines({ lines, change }: { lines: Line[]; change: (lines: Line[]) => void }) {
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

/** What each rule made of it: this one first, then what else paid, then what did not and why. */
function Judged({ tried: { rules, awards }, code }: { tried: Tried; code: string }) {
  const { say, name, number } = useReader();
  const own = rules.filter(({ rule }) => rule.code === code);
  const others = rules.filter(({ rule }) => rule.code !== code);
  const fired = [...own, ...others].filter((one) => one.fired);
  const quiet = [...own, ...others].filter((one) => !one.fired);
  const sums = Map.groupBy(awards, ({ asset }) => asset);
  return (
    <>
      <div className="slip">
        <ol>
          {fired.map((rule) => (
            <FiredRule key={rule.rule.id} rule={rule} />
          ))}
        </ol>
        <p className="slip-sum">
          <span>{say('admin.try.sum')}</span>
          <span>
            {[...sums].map(([asset, list]) => (
              <span key={asset} className="points-figure">
                {number(list.reduce((sum, { units }) => sum + units, 0))} {name('admin.asset', asset)}
              </span>
            ))}
            {sums.size === 0 && say('admin.try.nothing')}
          </span>
        </p>
      </div>
      {quiet.length > 0 && <QuietRules rules={quiet} />}
    </>
  );
}
