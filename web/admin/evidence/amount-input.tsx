import { TextInput } from '@mantine/core';
import { useState } from 'react';

type Props = {
  id: string;
  label: string;
  /** In the smallest part, such as sen or thousandths; null where there is nothing. */
  value: number | null;
  /** How many of its digits stand after the decimal mark. */
  decimals: number;
  isUnsure?: boolean;
  change: (value: number | null) => void;
};

/** A number as people type it, with a point or a comma; counted in whole smallest parts all the same. */
export function AmountInput({ id, label, value, decimals, isUnsure = false, change }: Props) {
  const [text, setText] = useState(() => written(value, decimals));
  const typed = parse(text, decimals);
  return (
    <TextInput
      id={id}
      size="xs"
      inputMode="decimal"
      autoComplete="off"
      aria-label={label}
      value={text}
      error={text !== '' && typed === null}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        change(parse(next, decimals));
      }}
      onBlur={() => typed !== null && setText(written(typed, decimals))}
      {...(isUnsure && { 'data-unsure': true })}
    />
  );
}

// Quantities are mostly whole; money always shows its cents.
function written(value: number | null, decimals: number): string {
  if (value === null) return '';
  const number = value / 10 ** decimals;
  return decimals === 3 ? String(number) : number.toFixed(decimals);
}

/** Whole smallest parts, or null when the text is not a number with at most so many decimals. */
function parse(text: string, decimals: number): number | null {
  const match = /^\s*(\d{1,10})(?:[.,](\d*))?\s*$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > decimals) return null;
  return Number(match[1] + fraction.padEnd(decimals, '0'));
}
