import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { bodyOf, client, newKey, type ProgressDocument } from '../api.ts';
import { TextField, Wrong } from '../fields.tsx';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { withValue } from '../rules/document.ts';
import { FormContext, type Form } from '../rules/form-context.tsx';
import { ReadingCard } from '../rules/reading-card.tsx';
import { forgetDraft, useDraftOf, type Draft, type Written } from '../rules/use-draft.ts';
import { useWords, type Words } from '../rules/use-words.ts';
import { ViewSwitch } from '../rules/view-switch.tsx';
import { DocumentForm } from './form.tsx';
import { useIsManager } from './manager.ts';
import { readProgress } from './reading.ts';
import { asShown, type ShownDocument } from './shape.ts';
import type { Template } from './templates.ts';
import { writeDocument } from './write-document.ts';
import '../fields.css';
import '../rules/rules.css';

type Document = Record<string, unknown>;
const checkAfterMs = 400;
const asText: Written<Document> = { read, write: writeDocument };
/** What is edited, null where it is new and begins with the template; in the programme of this code. */
type Edited = { stored: ProgressDocument | null; template: Template; programme: string };

/**
 * Tiers, a segment or a discount being written: as a form or as its text, read in plain words, checked as one goes with
 * what is wrong told by place, and saved as the next version.
 */
export function DocumentEditor({ title, ...edited }: Edited & { title: string }) {
  const { stored } = edited;
  const { say, day } = useReader();
  const isManager = useIsManager();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="document-editor" onToggle={(event) => setOpen(event.currentTarget.open)}>
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
      {isOpen && (isManager ? <Editor {...edited} /> : <ReadOnly {...edited} />)}
    </details>
  );
}

function ReadOnly({ stored, programme }: Edited) {
  const reader = useReader();
  const words = useWords(programme);
  const shown = asShown(stored?.document ?? null);
  return (
    <div className="document-form">
      <p className="is-soft">{reader.say('admin.progress.managers')}</p>
      {words && shown && <ReadingCard sentences={readProgress(shown, { reader, ...words })} />}
      {stored && <pre className="document">{writeDocument(stored.document)}</pre>}
    </div>
  );
}

function Editor(edited: Edited) {
  const words = useWords(edited.programme);
  return words ? <Writing {...edited} words={words} /> : <div aria-busy="true" />;
}

function Writing({ stored, template, programme, words }: Edited & { words: Words }) {
  const reader = useReader();
  const { say } = reader;
  const [start] = useState(() => stored?.document ?? template(words.currency));
  const keptAs = [programme, start['kind'], start['code'], stored?.version ?? 'new'].join('.');
  const draft = useDraftOf(start, keptAs, asText);
  const [isText, setText] = useState(false);
  const [from, setFrom] = useState('');
  const { text, document } = draft;
  const shown = asShown(document);
  const checked = useChecked(text, document, programme);
  const save = useSave(programme, from, () => {
    draft.startOver();
    forgetDraft(keptAs);
  });
  return (
    // No form that Enter would send: what is saved is in force at once.
    <div className="document-form" onChange={() => save.reset()}>
      {shown && <ReadingCard sentences={readProgress(shown, { reader, ...words })} />}
      <ViewSwitch isText={isText || !shown} choose={setText} />
      {isText || !shown ? (
        <Text draft={draft} />
      ) : (
        <FormContext value={formOf(draft, shown, words, checked?.problems ?? [])}>
          <DocumentForm stored={stored?.document ?? null} />
        </FormContext>
      )}
      <Said document={document} problems={checked?.problems} save={save} />
      {checked?.tiers && draft.isChanged && <Moves {...checked.tiers} />}
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
        <Button
          disabled={checked?.problems.length !== 0}
          loading={save.isPending}
          onClick={() => document && save.mutate({ document, state: 'live' })}
        >
          {say('admin.document.save')}
        </Button>
        {draft.isChanged && (
          <Button variant="default" onClick={draft.startOver}>
            {say('admin.edit.start-over')}
          </Button>
        )}
        {stored && <Retire document={stored.document} save={save} />}
      </div>
    </div>
  );
}

const formOf = (
  draft: Draft<Document>,
  document: ShownDocument,
  words: Words,
  problems: Form['problems'],
): Form<ShownDocument> => ({
  ...words,
  document,
  problems,
  set: (path, value) => draft.replace(withValue<Document>(document, path, value)),
  replace: (next) => draft.replace(next),
});

/** The document as it is stored: for whoever reads it, and for what the form has no field for. */
function Text({ draft: { text, write } }: { draft: Draft<Document> }) {
  const { say } = useReader();
  return (
    <textarea
      className="document"
      aria-label={say('admin.document.text')}
      aria-describedby="document-said"
      rows={Math.min(32, text.split('\n').length + 2)}
      spellCheck={false}
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
    />
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

function useSave(programme: string, from: string, done: () => void) {
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
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['progress'] });
      await queries.invalidateQueries({ queryKey: ['rules', 'names'] });
      done();
    },
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
