import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { bodyOf, client, newKey } from '../api.ts';
import { NumberField, TextField, Wrong } from '../fields.tsx';
import { Icon } from '../icons.tsx';
import { decimalsOf, useReader } from '../language.tsx';
import { me } from '../queries.ts';
import { SearchSelect } from '../search-select.tsx';
import type { DiscountDocument } from './shape.ts';
import { useIsManager } from './manager.ts';
import { ownerColumn } from './owner.ts';
import '../fields.css';

/** What an order would get, and another percentage instead, with a reason: only managers, and it is written down. */
type Props = { discount: DiscountDocument; programme: string };

export function Override({ discount, programme }: Props) {
  const { say } = useReader();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="document-editor" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say('admin.quote.title')}</summary>
      {isOpen && <Quote discount={discount} programme={programme} />}
    </details>
  );
}

function Quote({ discount, programme }: Props) {
  const { say } = useReader();
  const isManager = useIsManager();
  const currency = useQuery(me).data?.programme.currency ?? 'MYR';
  const [owner, setOwner] = useState('');
  const [amount, setAmount] = useState<number | string | undefined>(undefined);
  const [given, setGiven] = useState<number | string | undefined>(undefined);
  const [reason, setReason] = useState('');
  const quote = useQuote(discount, programme);
  const whose = owner.trim();
  const asked = typeof amount === 'number' && whose !== '' ? { owner: whose, amountMinor: amount } : null;
  const override =
    typeof given === 'number' && given <= 100 && reason.trim() !== ''
      ? { percent: given, reason: reason.trim() }
      : null;
  return (
    <form
      className="set-targets"
      onSubmit={(event) => {
        event.preventDefault();
        if (asked) quote.mutate({ ...asked, override: null });
      }}
    >
      <div className="quote-row">
        <Owner discount={discount} value={owner} change={setOwner} />
        <NumberField
          label={say('admin.quote.amount')}
          value={amount}
          change={setAmount}
          decimals={decimalsOf(currency)}
          unit={currency}
        />
        <Button type="submit" variant="default" disabled={!asked} loading={quote.isPending}>
          {say('admin.quote.ask')}
        </Button>
      </div>
      <Quoted quote={quote} currency={currency} />
      {isManager ? (
        <div className="quote-row">
          <NumberField label={say('admin.quote.instead')} value={given} change={setGiven} unit="%" />
          <TextField label={say('admin.quote.reason')} value={reason} change={setReason} />
          <Button
            disabled={!asked || !override}
            loading={quote.isPending}
            onClick={() => asked && override && quote.mutate({ ...asked, override })}
          >
            {say('admin.quote.give')}
          </Button>
        </div>
      ) : (
        <p className="is-soft">{say('admin.quote.managers')}</p>
      )}
    </form>
  );
}

/** What the order gets, why, or that another percentage was given and written down. */
function Quoted({ quote, currency }: { quote: ReturnType<typeof useQuote>; currency: string }) {
  const { say, percent, money } = useReader();
  return (
    <div aria-live="polite">
      {quote.data && (
        <p className="quote-said">
          <strong>{percent(quote.data.percent / 100)}</strong>{' '}
          {quote.data.mode === 'discount' && money(quote.data.discountMinor, currency)}
          {quote.data.bonus && `${quote.data.bonus.units} ${quote.data.bonus.asset}`}
          <span className="is-soft">
            {quote.data.isOverridden ? (
              <span className="is-good">
                <Icon name="check" /> {say('admin.quote.given')}
              </span>
            ) : (
              quote.data.why
            )}
          </span>
        </p>
      )}
      <Wrong error={quote.error && (quote.error.message || say('admin.launch.failed'))} />
    </div>
  );
}

function useQuote({ code, for: kind }: DiscountDocument, programme: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({
      owner,
      amountMinor,
      override,
    }: {
      owner: string;
      amountMinor: number;
      override: { percent: number; reason: string } | null;
    }) =>
      bodyOf(
        client.POST('/api/v1/quotes', {
          params: { query: { programme } },
          headers: { 'idempotency-key': newKey() },
          body: { discount: code, [kind]: owner, amountMinor, ...(override && { override }) },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['progress', 'overrides'] }),
  });
}

type OwnerProps = {
  discount: DiscountDocument;
  /** A code. */
  value: string;
  change: (code: string) => void;
};

/** Whose order it is. */
function Owner({ discount, value, change }: OwnerProps) {
  const { say } = useReader();
  const label = say(ownerColumn[discount.for]);
  if (discount.for === 'partner')
    return <TextField label={label} hint={say('admin.quote.code')} value={value} change={change} isCode />;
  return <SearchSelect of={`${discount.for}s`} label={label} value={value} change={change} />;
}
