import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, type Participant, type Product, type Tried } from '../api.ts';
import { FiredRule, QuietRules } from '../evidence/awards.tsx';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { outletPage, participantPage } from '../queries.ts';
import type { RuleDocument } from './document.ts';
import { useForm } from './form-context.tsx';
import { Lines, RealSale, SaleFields, type Sale } from './try-sale.tsx';
import '../slip.css';

/** A sale that nobody has made, judged by this document beside the live rules as if today were its day. */
export function TryIt({ document, programme }: { document: RuleDocument; programme: string | undefined }) {
  const { say } = useReader();
  // Whom one thinks of first; the others are searched for.
  const people = useQuery(participantPage({})).data?.items ?? [];
  const shops = useQuery(outletPage({})).data?.items ?? [];
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
        <RealSale kinds={document.scope.kinds} choose={setGiven} />
        <SaleFields
          sale={sale}
          change={change}
          kinds={document.scope.kinds}
          types={document.scope.attributes ?? {}}
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

// Somebody for whom the rule is, on a day on which it counts, with goods that it names.
function imagine(
  { scope }: RuleDocument,
  people: readonly Participant[],
  shops: readonly { code: string }[],
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
