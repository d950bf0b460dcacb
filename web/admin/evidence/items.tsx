import type { ReactNode } from 'react';
import type { EvidenceDetail, Match } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { Confidence } from '../values.tsx';
import { Corrected } from './corrected.tsx';
import { itemMark, lightProps, useLight } from './marks.tsx';

/**
 * The goods: as printed, and the product of the programme they were taken for. Once the receipt has become an activity,
 * quantity and amount are those that count, beside what was read where a reviewer changed them.
 */
export function Items({ evidence }: { evidence: EvidenceDetail }) {
  const { number, amount } = useReader();
  const { reading, activity } = evidence;
  if (!reading) return null;
  const currency = reading.currency?.value ?? activity?.currency ?? 'XXX';
  const money = (minor: number | null) => (minor === null ? '–' : amount(minor, currency));
  const count = (quantity: number | null) =>
    quantity === null ? '–' : number(quantity, quantity % 1 ? 3 : 0);
  const rows = Math.max(reading.items.length, ...(activity?.lines ?? []).map(({ line }) => line + 1));
  return (
    <table className="table items">
      <ItemHead currency={currency} />
      <tbody>
        {Array.from({ length: rows }, (_, index) => {
          const item = reading.items[index];
          const line = activity?.lines.find((each) => each.line === index);
          const quantity = item?.quantity ?? null;
          const counted = line ? line.quantityMilli / 1000 : quantity;
          return (
            <ItemRow key={index} index={index} evidence={evidence}>
              <td>
                <Matched evidence={evidence} index={index} />
              </td>
              <td className="is-number">
                {/* Nothing printed for the quantity counts as one, which is no correction. */}
                <Corrected read={count(quantity ?? counted)} counts={count(counted)} />
              </td>
              <td className="is-number is-soft">{money(item?.unitPriceMinor ?? null)}</td>
              <td className="is-number">
                <Corrected
                  read={money(item?.amountMinor ?? line?.amountMinor ?? null)}
                  counts={money(line?.amountMinor ?? item?.amountMinor ?? null)}
                />
              </td>
            </ItemRow>
          );
        })}
      </tbody>
    </table>
  );
}

export function ItemHead({ currency, isEdited = false }: { currency: string; isEdited?: boolean }) {
  const { say } = useReader();
  return (
    <thead>
      <tr>
        <th scope="col">{say('admin.column.item')}</th>
        <th scope="col">{say('admin.column.product')}</th>
        <th scope="col" className="is-number">
          {say('admin.column.quantity')}
        </th>
        {!isEdited && (
          <th scope="col" className="is-number">
            {say('admin.column.price')}
          </th>
        )}
        <th scope="col" className="is-number">
          {say('admin.column.amount', { currency })}
        </th>
      </tr>
    </thead>
  );
}

/** One printed item, lit together with its place in the picture; `children` are the cells after it. */
export function ItemRow({
  index,
  evidence,
  children,
}: {
  index: number;
  evidence: EvidenceDetail;
  children: ReactNode;
}) {
  const { say } = useReader();
  const light = useLight();
  const name = itemMark(index);
  const item = evidence.reading?.items[index];
  if (!item)
    return (
      <tr>
        <th scope="row" className="is-faint">
          {say('admin.item.added')}
        </th>
        {children}
      </tr>
    );
  return (
    <tr id={`mark-${name}`} {...(item.quad && lightProps(name, light))}>
      <th scope="row">
        <button type="button" className="item-text" onClick={() => light.show(name)}>
          {item.text}
        </button>
        <Confidence share={item.confidence} />
      </th>
      {children}
    </tr>
  );
}

function Matched({ evidence, index }: { evidence: EvidenceDetail; index: number }) {
  const { say, percent } = useReader();
  const match = evidence.matches.find(({ item }) => item === index);
  if (!match?.product) return <span className="is-faint">{say('admin.item.unmatched')}</span>;
  return (
    <span className="matched">
      <ProductName product={match.product} />
      <span className="is-faint" title={say('admin.item.score')}>
        {percent(match.score)}
      </span>
    </span>
  );
}

function ProductName({ product }: { product: NonNullable<Match['product']> }) {
  const { say } = useReader();
  return (
    <span title={product.sku}>
      {product.name}
      {product.isFocus && (
        <span className="focus-product">
          <Icon name="spark" size={12} />
          {say('admin.item.focus')}
        </span>
      )}
    </span>
  );
}
