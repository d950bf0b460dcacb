import type { ReactNode } from 'react';
import type { EvidenceDetail, Field, Match, Reading } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader, type Reader } from '../language.tsx';
import { Confidence } from '../values.tsx';
import { fieldNames, itemMark, lightProps, useLight, type FieldName } from './marks.tsx';
import { Crop } from './picture.tsx';

/** What was read, value by value: how it was printed, what it means, and how sure the reading is. */
export function Fields({ evidence }: { evidence: EvidenceDetail }) {
  const reader = useReader();
  const { reading } = evidence;
  if (!reading) return null;
  return (
    <>
      <table className="fields">
        <FieldHead />
        <tbody>
          {fieldNames.map((name) => {
            const field = reading[name];
            return (
              field && (
                <FieldRow
                  key={name}
                  name={name}
                  evidence={evidence}
                  value={valueOf(name, field, reading, reader)}
                />
              )
            );
          })}
          <OutletRow evidence={evidence} />
        </tbody>
      </table>
      <Arithmetic reading={reading} />
    </>
  );
}

export function FieldHead() {
  const { say } = useReader();
  return (
    <thead>
      <tr>
        <th scope="col">{say('admin.column.field')}</th>
        <th scope="col">{say('admin.column.value')}</th>
        <th scope="col">{say('admin.column.printed')}</th>
        <th scope="col" className="is-number">
          {say('admin.column.sure')}
        </th>
      </tr>
    </thead>
  );
}

type FieldRowProps = { name: FieldName; evidence: EvidenceDetail; value: ReactNode };

/** One value beside the piece of paper it was read from. `value` may be an input. */
export function FieldRow({ name, evidence, value }: FieldRowProps) {
  const { name: nameOf } = useReader();
  const light = useLight();
  const field = evidence.reading?.[name] ?? null;
  return (
    <tr id={`mark-${name}`} {...(field?.quad && lightProps(name, light))}>
      <th scope="row">{nameOf('admin.field', name)}</th>
      <td className="field-value">{value}</td>
      <td className="field-crop">{field && <Printed name={name} field={field} evidence={evidence} />}</td>
      <td className="is-number">{field && <Confidence share={field.confidence} />}</td>
    </tr>
  );
}

type PrintedProps = { name: string; field: Pick<Field<unknown>, 'text' | 'quad'>; evidence: EvidenceDetail };

/** How it stands on the paper; pressing it enlarges the place. */
export function Printed({ name, field, evidence }: PrintedProps) {
  const { say } = useReader();
  const { show } = useLight();
  if (!field.quad) return <span className="is-faint">{say('admin.field.inferred')}</span>;
  return (
    <button
      type="button"
      className="crop-button"
      title={field.text}
      aria-label={say('admin.field.show', { text: field.text })}
      onClick={() => show(name)}
    >
      <Crop evidence={evidence} quad={field.quad} />
    </button>
  );
}

export function OutletRow({ evidence, value }: { evidence: EvidenceDetail; value?: ReactNode }) {
  const { say, name } = useReader();
  const match = evidence.outletMatch;
  return (
    <tr>
      <th scope="row">{say('admin.field.outlet')}</th>
      <td className="field-value">
        {value ?? match?.outlet.name ?? <span className="is-faint">{say('admin.evidence.no-outlet')}</span>}
      </td>
      <td className="is-soft">{match && name('admin.how', match.how)}</td>
      <td className="is-number">{match && <Confidence share={match.score} />}</td>
    </tr>
  );
}

function valueOf(name: FieldName, field: Field<string | number>, reading: Reading, reader: Reader): string {
  const currency = reading.currency?.value;
  if (typeof field.value === 'number')
    return currency ? reader.money(field.value, currency) : reader.number(field.value);
  return name === 'date' ? reader.day(field.value) : field.value;
}

/** The sums that should hold on the paper, in words and figures. */
function Arithmetic({ reading }: { reading: Reading }) {
  const { say, name, money } = useReader();
  const currency = reading.currency?.value;
  const checks = reading.arithmetic.filter(({ ok }) => ok !== null);
  if (!currency || checks.length === 0) return null;
  return (
    <ul className="sums">
      {checks.map(({ code, ok, expectedMinor, foundMinor }) => (
        <li key={code} className={ok ? 'is-good' : 'is-wait'}>
          <Icon name={ok ? 'check' : 'warning'} />
          <span>
            {name('admin.sum', code)}
            {!ok && expectedMinor !== null && foundMinor !== null && (
              <>
                {' '}
                {say('admin.sum.differs', {
                  expected: money(expectedMinor, currency),
                  found: money(foundMinor, currency),
                })}
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The goods: as printed, and the product of the programme they were taken for. */
export function Items({ evidence }: { evidence: EvidenceDetail }) {
  const { number, amount } = useReader();
  const { reading } = evidence;
  if (!reading) return null;
  const currency = reading.currency?.value ?? 'XXX';
  const money = (minor: number | null) => (minor === null ? '–' : amount(minor, currency));
  return (
    <table className="table items">
      <ItemHead currency={currency} />
      <tbody>
        {reading.items.map((item, index) => (
          <ItemRow key={index} index={index} evidence={evidence}>
            <td>
              <Matched evidence={evidence} index={index} />
            </td>
            <td className="is-number">
              {item.quantity === null ? '–' : number(item.quantity, item.quantity % 1 ? 3 : 0)}
            </td>
            <td className="is-number is-soft">{money(item.unitPriceMinor)}</td>
            <td className="is-number">{money(item.amountMinor)}</td>
          </ItemRow>
        ))}
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
  const light = useLight();
  const item = evidence.reading?.items[index];
  if (!item) return null;
  const name = itemMark(index);
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
