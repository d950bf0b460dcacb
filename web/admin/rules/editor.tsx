import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { bodyOf, client, newKey, type Rule } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { ruleProblems } from '../queries.ts';
import { withValue, type Problem, type RuleDocument } from './document.ts';
import { FormContext, type Form } from './form-context.tsx';
import { RuleForm } from './form.tsx';
import { Reading } from './reading-card.tsx';
import { TryIt } from './try.tsx';
import { forgetDraft, useDraft, useSettled, type Draft } from './use-draft.ts';
import { useWords } from './use-words.ts';
import { ViewSwitch } from './view-switch.tsx';
import '../fields.css';

type Props = {
  programme: string | undefined;
  /** What is edited, or null for a new rule. */
  rule: Rule | null;
  start: RuleDocument;
  keptAs: string;
};

const checkAfterMs = 400;
const nothing = {};

/** A rule being written: as a form or as its text, read in plain words, checked and tried out as one goes. */
export function Editor({ programme, rule, start, keptAs }: Props) {
  const { say } = useReader();
  const draft = useDraft(start, keptAs);
  const [isText, setText] = useState(false);
  const settled = useSettled(draft.document, checkAfterMs);
  const checked = useQuery({ ...ruleProblems(programme, settled ?? nothing), enabled: settled !== null });
  const problems = (draft.document && checked.data?.problems) || [];
  const words = useWords(programme, draft.document);
  if (!words) return <div aria-busy="true" />;
  // Only shown where there is a document.
  const document = draft.document as RuleDocument;
  const form: Form = {
    ...words,
    document,
    problems,
    set: (path, value) => draft.replace(withValue(document, path, value)),
    replace: draft.replace,
  };
  const showText = isText || !draft.document;
  return (
    <FormContext value={form}>
      <div className="editor">
        <div className="editor-main">
          <ViewSwitch isText={showText} choose={setText} />
          {showText ? <Text draft={draft} /> : <RuleForm isNew={rule === null} />}
        </div>
        <aside className="editor-side" aria-label={say('admin.read.title')}>
          {draft.document && <Reading document={draft.document} words={words} />}
          <Save
            draft={draft}
            programme={programme}
            rule={rule}
            keptAs={keptAs}
            problems={problems}
            isChecked={settled === draft.document && !checked.isFetching}
          />
          {draft.document && <TryIt document={draft.document} programme={programme} />}
        </aside>
      </div>
    </FormContext>
  );
}

/** The document as it is stored: for whoever reads it, and for what the form has no field for. */
function Text({ draft: { text, document, write } }: { draft: Draft }) {
  const { say } = useReader();
  return (
    <div className="stack">
      <textarea
        className="document"
        aria-label={say('admin.rule.document')}
        aria-describedby="text-hint"
        rows={32}
        spellCheck={false}
        value={text}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <p id="text-hint" className={document ? 'is-soft' : 'is-bad'}>
        {say(document ? 'admin.edit.hint' : 'admin.edit.not-json')}
      </p>
    </div>
  );
}

type SaveProps = Omit<Props, 'start'> & { draft: Draft; problems: readonly Problem[]; isChecked: boolean };

/** What is wrong with the document, and the button that keeps it. */
function Save({ draft, programme, rule, keptAs, problems, isChecked }: SaveProps) {
  const { say } = useReader();
  const save = useSave({ programme, rule, keptAs });
  const { document } = draft;
  return (
    <div className="save">
      <div aria-live="polite">
        {isChecked && problems.length === 0 && document && (
          <p className="is-good">
            <Icon name="check" /> {say('admin.edit.fine')}
          </p>
        )}
        {problems.map(({ at, sentence, position }) => (
          <div key={`${at} ${sentence}`} className="problem is-bad">
            <Icon name="warning" />
            <div>
              {sentence}
              {position && <pre>{position.excerpt}</pre>}
            </div>
          </div>
        ))}
        {save.error && (
          <p className="is-bad">
            <Icon name="warning" /> {save.error.message || say('admin.launch.failed')}
          </p>
        )}
      </div>
      <div className="launch-row">
        <Button
          disabled={!document}
          loading={save.isPending}
          onClick={() => document && save.mutate(document)}
        >
          {say('admin.edit.save')}
        </Button>
        {draft.isChanged && (
          <Button variant="default" onClick={draft.startOver}>
            {say('admin.edit.start-over')}
          </Button>
        )}
      </div>
    </div>
  );
}

function useSave({ programme, rule, keptAs }: Omit<Props, 'start'>) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (document: RuleDocument) => {
      const basedOn = rule && document.code === rule.code ? { basedOn: rule.versions[0]!.version } : {};
      return bodyOf(
        client.POST('/api/v1/rules', {
          headers: { 'idempotency-key': newKey() },
          body: { ...(programme !== undefined && { programme }), document, ...basedOn },
        }),
      );
    },
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: ['rules'] });
      await navigate({ to: '/rules/$id', params: { id: saved.rule }, search: {} });
      // Only now: before, the editor that goes would keep it again.
      forgetDraft(keptAs);
    },
  });
}
