import { Button, Select, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import type { EvidenceDetail } from '../api.ts';
import { Icon } from '../icons.tsx';
import { decimalsOf, useReader } from '../language.tsx';
import { me as meQuery, products as productsQuery } from '../queries.ts';
import { isUnsure } from '../values.tsx';
import { AmountInput } from './amount-input.tsx';
import { correctionsOf, draftOf, emptyLine, missingIn, type Draft, type DraftLine } from './corrections.ts';
import { DecisionBar } from './decision-bar.tsx';
import { FieldHead, FieldRow, OutletRow } from './fields.tsx';
import { ItemHead, ItemRow } from './items.tsx';
import { OutletInput } from './outlet-input.tsx';
import { Section } from './section.tsx';
import type { Reviewing } from './use-review.ts';
import './review.css';

type Props = { evidence: EvidenceDetail; reviewing: Reviewing; children: ReactNode };
type Change = (change: Partial<Draft>) => void;

/** The same fields as inputs, with what is unsure marked, and the bar that decides under all that follows. */
export function Review({ evidence, reviewing, children }: Props) {
  const [before] = useState(() => draftOf(evidence));
  const [draft, setDraft] = useState(before);
  const change: Change = (part) => setDraft((now) => ({ ...now, ...part }));
  const corrections = correctionsOf(before, draft);
  const missing = missingIn(draft);
  const approve = () => {
    if (missing) return focusOn(`review-${missing.input}`);
    return reviewing.decide({
      decision: 'approve',
      reason: corrections ? 'corrected' : 'confirmed',
      ...(corrections && { corrections }),
    });
  };
  useHotkeys([
    ['a', approve],
    ['e', () => focusOn(firstUnsure(evidence))],
  ]);
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) approve();
    // Out of the input, so that the keys of the page work again; closing the drawer takes a second press.
    if (event.key === 'Escape' && event.target instanceof HTMLInputElement) event.target.blur();
  };
  return (
    // The keys of the inputs inside come by here; the form itself is not operated.
    <form className="review" onKeyDown={keys} onSubmit={(event) => event.preventDefault()}>
      <Section id="reading" title="admin.section.reading" isThere>
        <FieldInputs evidence={evidence} draft={draft} change={change} />
      </Section>
      <Section id="items" title="admin.section.items" isThere>
        <ItemInputs evidence={evidence} draft={draft} change={change} />
      </Section>
      {children}
      <DecisionBar
        reviewing={reviewing}
        approve={approve}
        missing={missing}
        isCorrected={Boolean(corrections)}
      />
    </form>
  );
}

function FieldInputs({
  evidence,
  draft,
  change,
}: {
  evidence: EvidenceDetail;
  draft: Draft;
  change: Change;
}) {
  const { name } = useReader();
  const { reading } = evidence;
  const text = (field: 'date' | 'time' | 'number', type: string) => (
    <TextInput
      id={`review-${field}`}
      type={type}
      size="xs"
      aria-label={name('admin.field', field)}
      value={draft[field]}
      onChange={(event) => change({ [field]: event.currentTarget.value })}
      {...unsure(reading?.[field]?.confidence)}
    />
  );
  return (
    <table className="fields is-edited">
      <FieldHead />
      <tbody>
        <FieldRow name="merchant" evidence={evidence} value={reading?.merchant?.value ?? '–'} />
        <OutletRow evidence={evidence} value={<OutletInput value={draft.outlet} change={change} />} />
        <FieldRow name="date" evidence={evidence} value={text('date', 'date')} />
        <FieldRow name="time" evidence={evidence} value={text('time', 'time')} />
        <FieldRow name="number" evidence={evidence} value={text('number', 'text')} />
        <FieldRow
          name="totalMinor"
          evidence={evidence}
          value={
            <AmountInput
              id="review-totalMinor"
              label={name('admin.field', 'totalMinor')}
              value={draft.totalMinor}
              decimals={decimalsOf(useCurrency(evidence))}
              isUnsure={isUnsure(reading?.totalMinor?.confidence ?? 0)}
              change={(totalMinor) => change({ totalMinor })}
            />
          }
        />
      </tbody>
    </table>
  );
}

function ItemInputs({ evidence, draft, change }: { evidence: EvidenceDetail; draft: Draft; change: Change }) {
  const { say } = useReader();
  const currency = useCurrency(evidence);
  const changeLine = (item: number, part: Partial<DraftLine>) =>
    change({ lines: draft.lines.map((line, index) => (index === item ? { ...line, ...part } : line)) });
  return (
    <>
      <table className="table items is-edited">
        <ItemHead currency={currency} isEdited />
        <tbody>
          {draft.lines.map((line, index) => (
            <ItemRow key={index} index={index} evidence={evidence}>
              <ItemCells
                index={index}
                line={line}
                currency={currency}
                confidence={evidence.reading?.items[index]?.confidence}
                change={(part) => changeLine(index, part)}
              />
            </ItemRow>
          ))}
        </tbody>
      </table>
      <Button
        variant="subtle"
        size="xs"
        leftSection={<Icon name="plus" size={14} />}
        onClick={() => change({ lines: [...draft.lines, emptyLine] })}
      >
        {say('admin.review.add-item')}
      </Button>
    </>
  );
}

type ItemCellsProps = {
  index: number;
  line: DraftLine;
  currency: string;
  confidence: number | undefined;
  change: (part: Partial<DraftLine>) => void;
};

function ItemCells({ index, line, currency, confidence, change }: ItemCellsProps) {
  const { say } = useReader();
  const { data } = useQuery(productsQuery);
  return (
    <>
      <td>
        <Select
          id={`review-product-${index}`}
          size="xs"
          searchable
          clearable
          limit={30}
          aria-label={say('admin.column.product')}
          placeholder={say('admin.item.unmatched')}
          data={(data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={line.product}
          onChange={(product) => change({ product })}
        />
      </td>
      <td className="is-number">
        <AmountInput
          id={`review-quantity-${index}`}
          label={say('admin.column.quantity')}
          value={line.quantityMilli}
          decimals={3}
          change={(quantityMilli) => change({ quantityMilli })}
        />
      </td>
      <td className="is-number">
        <AmountInput
          id={`review-amount-${index}`}
          label={say('admin.column.amount', { currency })}
          value={line.amountMinor}
          decimals={decimalsOf(currency)}
          isUnsure={isUnsure(confidence)}
          change={(amountMinor) => change({ amountMinor })}
        />
      </td>
    </>
  );
}

const unsure = (confidence: number | undefined) => (isUnsure(confidence ?? 0) ? { 'data-unsure': true } : {});

function useCurrency(evidence: EvidenceDetail): string {
  const programme = useQuery(meQuery).data?.programme.currency;
  return evidence.reading?.currency?.value ?? programme ?? 'XXX';
}

/** The input that most needs a look: the first whose reading is unsure, else the total. */
function firstUnsure({ reading }: EvidenceDetail): string {
  const field = (['date', 'time', 'number', 'totalMinor'] as const).find((name) =>
    isUnsure(reading?.[name]?.confidence),
  );
  return `review-${field ?? 'totalMinor'}`;
}

function focusOn(id: string): void {
  document.getElementById(id)?.focus();
}
