import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { bodyOf, client, newKey, type ProgressDocument } from '../api.ts';
import { TextField, Wrong } from '../fields.tsx';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { useIsManager } from './manager.ts';
import { writeDocument } from './write-document.ts';
import '../fields.css';
import '../rules/rules.css';

type Document = Record<string, unknown>;
const checkAfterMs = 400;
/** What is edited, null where it is new and begins with the template; in the programme of this code. */
type Edited = { stored: ProgressDocument | null; template: Document; programme: string };

/**
 * A document of tiers, a segment or a discount as its text: checked as one types, with what is wrong told by place, and
 * saved as the next version.
 */
export function DocumentEditor({ title, ...edited }: Edited & { title: string }) {
  const { stored } = edited;
  const { say, day } = useReader();
  const isManager = useIsManager();
  return (
    <details className="document-editor">
      <summary>
        {title}
        {stored && (
          <span className="is-faint">
            {' '}
            {say('admin.rule.version', { version: stored.version })}
            {stored.from && `, ${say('admin.document.from', { day: day(stored.from) })}`}
          </span>
        )}
      </summary>
      {isManager ? (
        <Editor {...edited} />
      ) : (
        <>
          <p className="is-soft">{say('admin.progress.managers')}</p>
          {stored && <pre className="document">{writeDocument(stored.document)}</pre>}
        </>
      )}
    </details>
  );
}

function Editor({ stored, template, programme }: Edited) {
  const { say } = useReader();
  const [start] = useState(() => writeDocument(stored?.document ?? template));
  const [text, setText] = useState(start);
  const [from, setFrom] = useState('');
  const document = read(text);
  const checked = useChecked(text, document, programme);
  const save = useSave(programme, from);
  const isFine = checked?.problems.length === 0;
  return (
    <form
      className="set-targets"
      onSubmit={(event) => {
        event.preventDefault();
        if (document) save.mutate({ document, state: 'live' });
      }}
    >
      <textarea
        className="document"
        aria-label={say('admin.document.text')}
        aria-describedby="document-said"
        rows={Math.min(32, start.split('\n').length + 2)}
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          save.reset();
        }}
      />
      <Said document={document} problems={checked?.problems} save={save} />
      {checked?.tiers && text !== start && <Moves {...checked.tiers} />}
      {stored && (
        <TextField
          label={say('admin.column.counts-from')}
          hint={say('admin.document.from-hint')}
          type="date"
          value={from}
          change={setFrom}
        />
      )}
      <div className="launch-row">
        <Button type="submit" disabled={!isFine} loading={save.isPending}>
          {say('admin.document.save')}
        </Button>
        {stored && <Retire document={stored.document} save={save} />}
      </div>
    </form>
  );
}

/** What is wrong with the document as it stands, or that it is in order; and what became of saving it. */
function Said({
  document,
  problems,
  save,
}: {
  document: Document | null;
  problems: { at: string; sentence: string }[] | undefined;
  save: ReturnType<typeof useSave>;
}) {
  const { say } = useReader();
  return (
    <div id="document-said" aria-live="polite">
      {!document && <Wrong error={say('admin.edit.not-json')} />}
      {problems?.length === 0 && !save.data && (
        <p className="is-good">
          <Icon name="check" /> {say('admin.edit.fine')}
        </p>
      )}
      {problems?.map(({ at, sentence }) => (
        <Wrong
          key={`${at} ${sentence}`}
          error={
            <>
              {at && !sentence.startsWith(at) && <code>{at}: </code>}
              {sentence}
            </>
          }
        />
      ))}
      {save.data && (
        <p className="is-good">
          <Icon name="check" />{' '}
          {say(save.data.unchanged ? 'admin.document.unchanged' : 'admin.document.saved', {
            version: save.data.version,
          })}
        </p>
      )}
      <Wrong error={save.error && (save.error.message || say('admin.launch.failed'))} />
    </div>
  );
}

/** Whom the tiers would move if they were saved as they stand. */
function Moves({ people, isWhole, rise, short, shortToday }: Moved) {
  const { say, number } = useReader();
  return (
    <div className="moves">
      <p>{say('admin.tiers.rise', { count: rise })}</p>
      <p>{say('admin.tiers.short', { count: short, today: number(shortToday) })}</p>
      {!isWhole && <p className="is-faint">{say('admin.tiers.part', { people: number(people) })}</p>}
    </div>
  );
}

type Moved = NonNullable<NonNullable<ReturnType<typeof useChecked>>['tiers']>;

/** Ends a document from today on; asks once more, because people lose what it gave them. */
function Retire({ document, save }: { document: Document; save: ReturnType<typeof useSave> }) {
  const { say } = useReader();
  const [isAsked, setAsked] = useState(false);
  if (!isAsked)
    return (
      <Button variant="default" onClick={() => setAsked(true)}>
        {say('admin.document.retire')}
      </Button>
    );
  return (
    <Button color="red" loading={save.isPending} onClick={() => save.mutate({ document, state: 'retired' })}>
      {say('admin.document.retire-really')}
    </Button>
  );
}

function useSave(programme: string, from: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ document, state }: { document: Document; state: 'live' | 'retired' }) =>
      bodyOf(
        client.POST('/api/v1/programme/progress', {
          params: { query: { programme } },
          headers: { 'idempotency-key': newKey() },
          body: { document, ...(state === 'retired' && { state }), ...(from && { effectiveFrom: from }) },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['progress'] }),
  });
}

/** What is wrong with the document and whom it would move, once its text has rested for a moment; until then undefined. */
function useChecked(text: string, document: Document | null, programme: string) {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), checkAfterMs);
    return () => clearTimeout(timer);
  }, [text]);
  const { data } = useQuery({
    queryKey: ['progress-problems', programme, rested],
    queryFn: () =>
      bodyOf(
        client.POST('/api/v1/programme/progress/validation', {
          params: { query: { programme } },
          body: { document: document! },
        }),
      ),
    enabled: document !== null && rested === text,
    gcTime: 10_000,
  });
  return document && rested === text ? data : undefined;
}

function read(text: string): Document | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Document) : null;
  } catch {
    return null;
  }
}

export const newTiers: Document = {
  format: 1,
  kind: 'tiers',
  code: 'tiers',
  title: { en: 'Tiers' },
  kinds: ['receipt', 'sale'],
  counts: { of: 'quantity' },
  tiers: [
    { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
    { code: 'silver', title: { en: 'Silver' }, from: 100_000 },
    { code: 'gold', title: { en: 'Gold' }, from: 300_000, keep: 200_000 },
  ],
  window: { kind: 'calendar-year' },
  lasts: { for: 'P12M', endOf: 'year' },
  downgrade: 'one-step',
  noticeDays: 30,
};

export const newSegment: Document = {
  format: 1,
  kind: 'segment',
  code: 'new-segment',
  title: { en: 'Sold in the last 30 days' },
  counters: { sales: { kinds: ['receipt', 'sale'], counts: { of: 'activities' }, last: 'P30D' } },
  condition: 'counted.sales >= 1',
};

export const newDiscount: Document = {
  format: 1,
  kind: 'discount',
  code: 'new-discount',
  title: { en: 'Discount by volume' },
  for: 'outlet',
  kinds: ['order'],
  counts: { of: 'total', currency: 'MYR' },
  window: 'P3M',
  table: [
    { from: 0, percent: 0 },
    { from: 100_000, percent: 3 },
  ],
  mode: { kind: 'discount' },
};
