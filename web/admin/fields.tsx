import { useEffect, useId, useState, type ReactNode } from 'react';
import { Icon } from './icons.tsx';

/** What every field has: its name, a hint under it, and what is wrong with it. */
export type About = { label: string; hint?: string | undefined; error?: ReactNode };

/** A label, the control under it, and what there is to say about it. `children` gets what ties them together. */
export function Field({
  label,
  hint,
  error,
  children,
}: About & {
  children: (tied: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-about`, 'aria-invalid': Boolean(error) })}
      <div id={`${id}-about`} className="field-about">
        {hint && <p>{hint}</p>}
        <Wrong error={error} />
      </div>
    </div>
  );
}

/** What is wrong, with its mark. */
export function Wrong({ error }: { error?: ReactNode }) {
  if (!error) return null;
  return (
    <div className="field-wrong is-bad">
      <Icon name="warning" /> <div>{error}</div>
    </div>
  );
}

export function TextField({
  value,
  change,
  lines = 1,
  isCode = false,
  type = 'text',
  ...about
}: About & {
  value: string;
  change: (value: string) => void;
  lines?: number;
  isCode?: boolean;
  type?: 'text' | 'date';
}) {
  const look = isCode ? 'input is-code' : 'input';
  return (
    <Field {...about}>
      {(tied) =>
        lines > 1 ? (
          <textarea
            {...tied}
            className={look}
            rows={lines}
            value={value}
            spellCheck={!isCode}
            onChange={(event) => change(event.currentTarget.value)}
          />
        ) : (
          <input
            {...tied}
            className={look}
            type={type}
            value={value}
            autoComplete="off"
            spellCheck={!isCode}
            onChange={(event) => change(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

/**
 * A number as people type it, with a point or a comma, counted in whole smallest parts: `decimals` of its digits stand
 * after the mark. What is no such number is given on as the text it is when `orText` is set, else as nothing.
 */
export function NumberField({
  value,
  change,
  decimals = 0,
  orText = false,
  unit,
  ...about
}: About & {
  value: number | string | undefined;
  change: (value: number | string | undefined) => void;
  decimals?: number;
  orText?: boolean;
  unit?: string | undefined;
}) {
  const [text, setText] = useState(() => written(value, decimals));
  useEffect(() => {
    // Changed from elsewhere, such as by the expert's text.
    setText((typed) => (parsed(typed, decimals, orText) === value ? typed : written(value, decimals)));
  }, [value, decimals, orText]);
  return (
    <Field {...about}>
      {(tied) => (
        <span className="with-unit">
          <input
            {...tied}
            className={typeof value === 'string' ? 'input is-code' : 'input'}
            inputMode={orText ? 'text' : 'decimal'}
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              change(parsed(event.currentTarget.value, decimals, orText));
            }}
          />
          {unit && <span className="unit">{unit}</span>}
        </span>
      )}
    </Field>
  );
}

const written = (value: number | string | undefined, decimals: number): string =>
  typeof value === 'number' ? String(value / 10 ** decimals) : (value ?? '');

function parsed(text: string, decimals: number, orText: boolean): number | string | undefined {
  const match = /^\s*(\d{1,12})(?:[.,](\d*))?\s*$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (match && fraction.length <= decimals) return Number(match[1] + fraction.padEnd(decimals, '0'));
  return orText && text !== '' ? text : undefined;
}

export type Option = { value: string; text: string };

/** One of a few. */
export function ChoiceField({
  value,
  change,
  options,
  ...about
}: About & { value: string; change: (value: string) => void; options: readonly Option[] }) {
  // What stands there stays there, even where nobody knows it.
  const isKnown = options.some((option) => option.value === value);
  return (
    <Field {...about}>
      {(tied) => (
        <select
          {...tied}
          className="input"
          value={value}
          onChange={(event) => change(event.currentTarget.value)}
        >
          {!isKnown && <option value={value}>{value}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Any number of a list, each a box to tick. What is chosen and not offered is offered too, so that it can be taken out. */
export function ManyField({
  value = [],
  change,
  options,
  label,
  hint,
  error,
}: About & {
  value: readonly string[] | undefined;
  change: (value: string[]) => void;
  options: readonly Option[];
}) {
  const id = useId();
  const unknown = value.filter((one) => !options.some((option) => option.value === one));
  const all = [...options, ...unknown.map((one) => ({ value: one, text: one }))];
  return (
    <fieldset className="field is-many" aria-describedby={`${id}-about`}>
      <legend>{label}</legend>
      <div className="ticks">
        {all.map((option) => (
          <label key={option.value} className="tick">
            <input
              type="checkbox"
              checked={value.includes(option.value)}
              onChange={({ currentTarget: { checked } }) =>
                change(checked ? [...value, option.value] : value.filter((one) => one !== option.value))
              }
            />
            {option.text}
          </label>
        ))}
      </div>
      <div id={`${id}-about`} className="field-about">
        {hint && <p>{hint}</p>}
        <Wrong error={error} />
      </div>
    </fieldset>
  );
}

/** Any number of a long list: chosen by typing a part of the name, shown as words that can be taken out. */
export function SearchField({
  value = [],
  change,
  options,
  remove,
  ...about
}: About & {
  value: readonly string[] | undefined;
  change: (value: string[]) => void;
  options: readonly Option[];
  /** Says what taking one out does: "Take out Tea". */
  remove: (text: string) => string;
}) {
  const list = useId();
  const [typed, setTyped] = useState('');
  const textOf = (one: string) => options.find((option) => option.value === one)?.text ?? one;
  const take = (text: string) => {
    const found = options.find((option) => option.text === text || option.value === text);
    setTyped(found ? '' : text);
    if (found && !value.includes(found.value)) change([...value, found.value]);
  };
  return (
    <div className="search">
      <Field {...about}>
        {(tied) => (
          <input
            {...tied}
            className="input"
            list={list}
            value={typed}
            autoComplete="off"
            onChange={({ currentTarget, nativeEvent }) => {
              // One that is typed may go on: "Johor" is on the way to "Johor Bahru".
              const isTyped = /^(insertText|delete)/.test((nativeEvent as InputEvent).inputType ?? '');
              if (isTyped) setTyped(currentTarget.value);
              else take(currentTarget.value);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              take(typed);
            }}
            onBlur={() => take(typed)}
          />
        )}
      </Field>
      <datalist id={list}>
        {options.map((option) => (
          <option key={option.value} value={option.text} />
        ))}
      </datalist>
      <Taken value={value} change={change} remove={remove} textOf={textOf} />
    </div>
  );
}

/** What is chosen, each with a way to take it out again. */
export function Taken({
  value,
  change,
  remove,
  textOf,
}: {
  value: readonly string[];
  change: (value: string[]) => void;
  remove: (text: string) => string;
  textOf: (one: string) => string;
}) {
  if (value.length === 0) return null;
  return (
    <ul className="taken">
      {value.map((one) => (
        <li key={one}>
          <button
            type="button"
            aria-label={remove(textOf(one))}
            onClick={() => change(value.filter((other) => other !== one))}
          >
            {textOf(one)} <Icon name="cross" size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
