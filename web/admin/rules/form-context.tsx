import { createContext, use, useState, type ReactNode } from 'react';
import { localeOf } from '../../texts/say.ts';
import { decimalsOf, useReader } from '../language.tsx';
import { NumberField, TextField, ChoiceField, ManyField, type Option } from '../fields.tsx';
import { valueAt, type Problem, type RuleDocument } from './document.ts';
import type { Words } from './use-words.ts';

/** What every field of the form works on: the document, what is wrong with it, and the words there are. */
export type Form<Document = RuleDocument> = Words & {
  document: Document;
  problems: readonly Problem[];
  /** Puts a value at a place; `undefined` takes it out. */
  set: (path: string, value: unknown) => void;
  /** Changes several places at once. */
  replace(document: Document): void;
};

export const FormContext = createContext<Form<unknown> | null>(null);

/** The form around it; whoever asks knows of which kind of document it is. */
export function useForm<Document = RuleDocument>(): Form<Document> {
  const form = use(FormContext);
  if (!form) throw new Error('useForm needs a form around it');
  return form as Form<Document>;
}

/** What stands at a place, how to change it, and what is wrong there. */
function useAt(path: string): { value: unknown; change: (value: unknown) => void; error: ReactNode } {
  const { document, set, problems } = useForm();
  // What is wrong with one of a list is told at the list; what is wrong within it has a field of its own.
  const here = problems.filter(({ at }) => at.replace(/\[\d+\]$/, '') === path || at === path);
  return {
    value: valueAt(document, path),
    change: (value) => set(path, value),
    error: here.length > 0 && here.map((problem) => <Told key={problem.sentence} problem={problem} />),
  };
}

function Told({ problem: { sentence, position } }: { problem: Problem }) {
  return (
    <>
      {sentence}
      {position && <pre>{position.excerpt}</pre>}
    </>
  );
}

type At = { at: string; label: string; hint?: string | undefined };

/** A text at a place; an empty one is taken out, unless it has to be there. */
export function TextAt({
  at,
  isNeeded = false,
  ...rest
}: At & { isNeeded?: boolean; lines?: number; isCode?: boolean; type?: 'text' | 'date' }) {
  const { value, change, error } = useAt(at);
  return (
    <TextField
      {...rest}
      error={error}
      value={typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)}
      change={(text) => change(text === '' && !isNeeded ? undefined : text)}
    />
  );
}

/** A number at a place, or with `orText` a formula. */
export function NumberAt({
  at,
  ...rest
}: At & { decimals?: number; orText?: boolean; unit?: string | undefined }) {
  const { value, change, error } = useAt(at);
  const shown = typeof value === 'number' || typeof value === 'string' ? value : undefined;
  return <NumberField {...rest} error={error} value={shown} change={change} />;
}

export function ChoiceAt({
  at,
  none,
  ...rest
}: At & {
  options: readonly Option[];
  /** What stands for nothing at this place. */
  none?: string;
}) {
  const { value, change, error } = useAt(at);
  return (
    <ChoiceField
      {...rest}
      error={error}
      value={typeof value === 'string' ? value : (none ?? '')}
      change={(chosen) => change(chosen === none ? undefined : chosen)}
    />
  );
}

export function ManyAt({
  at,
  isNeeded = false,
  ...rest
}: At & { isNeeded?: boolean; options: readonly Option[] }) {
  const { value, change, error } = useAt(at);
  return (
    <ManyField
      {...rest}
      error={error}
      value={Array.isArray(value) ? (value as string[]) : []}
      change={(chosen) => change(chosen.length > 0 || isNeeded ? chosen : undefined)}
    />
  );
}

const spans = { D: 'day', W: 'week', M: 'month', Y: 'year' } as const;

/** A span of time such as `P3M` at a place: how many, and of what. What is written otherwise is shown as it is. */
export function PeriodAt({ at, label }: { at: string; label: string }) {
  const { say, language } = useReader();
  const { value, change, error } = useAt(at);
  const [, count, span] = /^P(\d*)([DWMY])$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (span === undefined) return <TextAt at={at} label={label} isNeeded isCode />;
  const called = (unit: string) =>
    new Intl.NumberFormat(localeOf(language), { style: 'unit', unit, unitDisplay: 'long' })
      .formatToParts(Number(count))
      .find(({ type }) => type === 'unit')?.value ?? unit;
  return (
    <div className="period">
      <NumberField
        label={label}
        error={error}
        value={count === '' ? undefined : Number(count)}
        change={(number) => change(`P${number ?? ''}${span}`)}
      />
      <ChoiceField
        label={say('admin.form.period.unit')}
        value={span}
        change={(unit) => change(`P${count}${unit}`)}
        options={Object.entries(spans).map(([unit, text]) => ({ value: unit, text: called(text) }))}
      />
    </div>
  );
}

/** What is wrong at a place that has no field of its own. */
export function ErrorAt({ at }: { at: string }) {
  const { error } = useAt(at);
  return error ? <div className="is-bad">{error}</div> : null;
}

/** A part of the form: open when something stands in it, or always when it has no `isOpen`. */
export function Part({
  title,
  hint,
  isOpen,
  children,
}: {
  title: string;
  hint?: string;
  isOpen?: boolean;
  children: ReactNode;
}) {
  // What was opened stays open, also when the last thing in it is taken out.
  const [startsOpen] = useState(isOpen);
  if (startsOpen === undefined)
    return (
      <section className="part">
        <h2>{title}</h2>
        {hint && <p className="is-soft">{hint}</p>}
        {children}
      </section>
    );
  return (
    <details className="part" open={startsOpen}>
      <summary>
        <h2>{title}</h2>
        {hint && <span className="is-soft">{hint}</span>}
      </summary>
      <div className="part-body">{children}</div>
    </details>
  );
}

/** How many decimals amounts of a currency have; `otherwise` where it is none, which the check will say. */
export function digitsOf(currency: string | undefined, otherwise = 2): number {
  return currency !== undefined && /^[A-Z]{3}$/.test(currency) ? decimalsOf(currency) : otherwise;
}
