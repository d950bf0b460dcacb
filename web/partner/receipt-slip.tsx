import type { EvidenceDetail } from './api.ts';
import { Facts, Slip, SlipRow } from './parts.tsx';
import { RulesSaid } from './rules-said.tsx';
import { day, money, number, t } from './texts.ts';

/** What was read, which of it counts, and the arithmetic from there to the points. */
export function ReceiptSlip({ detail }: { detail: EvidenceDetail }) {
  return (
    <Slip label={t('partner.slip')}>
      <Head detail={detail} />
      <Items detail={detail} />
      {detail.evaluation.length > 0 && (
        <>
          <h2>{t('partner.slip.why')}</h2>
          <RulesSaid rules={detail.evaluation} sum={detail.points} />
        </>
      )}
    </Slip>
  );
}

function Head({ detail }: { detail: EvidenceDetail }) {
  const { merchant, date, time, number: printedNumber } = detail.reading!;
  const facts = [
    date && [day(date.value), time?.value.slice(0, 5)].filter(Boolean).join(', '),
    printedNumber && t('partner.slip.number', { number: printedNumber.value }),
  ];
  return (
    <header class="slip-head">
      <strong>{merchant?.value ?? t('partner.receipt')}</strong>
      <Facts facts={facts} />
    </header>
  );
}

function Items({ detail }: { detail: EvidenceDetail }) {
  const { items, totalMinor, currency } = detail.reading!;
  const code = currency?.value ?? detail.currency ?? 'XXX';
  // On a receipt that is not accepted nothing counts, whatever was recognised.
  const matches = detail.state === 'rejected' ? [] : detail.matches;
  const isCounted = detail.state === 'verified';
  const products = new Map(matches.map(({ item, product }) => [item, product]));
  return (
    <dl>
      {items.map((item, index) => {
        const product = products.get(index);
        const quantity = item.quantity !== null && item.quantity !== 1 ? `${number(item.quantity)} × ` : '';
        return (
          <SlipRow
            key={index}
            class={product ? '' : 'idle'}
            label={quantity + (product?.name ?? item.text)}
            note={isCounted && product && <Tag isFocus={product.isFocus} />}
            value={item.amountMinor === null ? '–' : money(item.amountMinor, code)}
          />
        );
      })}
      {totalMinor && (
        <SlipRow class="sum" label={t('partner.slip.total')} value={money(totalMinor.value, code)} />
      )}
    </dl>
  );
}

function Tag({ isFocus }: { isFocus: boolean }) {
  return <span class="tag">{t(isFocus ? 'partner.slip.focus' : 'partner.slip.counts')}</span>;
}
