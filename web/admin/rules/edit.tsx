import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { bodyOf, client, newKey, type Rule } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';

type Document = Record<string, unknown>;

/** The newest document as text: to look at, to check, and to save as a draft; under another code it is another rule. */
export function Edit({ rule }: { rule: Rule }) {
  const { say } = useReader();
  return (
    <section className="section">
      <details>
        <summary>{say('admin.rule.document')}</summary>
        <Editor key={rule.versions[0]!.version} rule={rule} />
      </details>
    </section>
  );
}

function Editor({ rule }: { rule: Rule }) {
  const { say } = useReader();
  const [text, setText] = useState(() => JSON.stringify(rule.versions[0]!.document, null, 2));
  const document = read(text);
  const { check, save } = useDraft(rule);
  const problems = check.data?.problems;
  return (
    <form
      className="editor"
      onSubmit={(event) => {
        event.preventDefault();
        if (document) save.mutate(document);
      }}
    >
      <textarea
        className="document"
        aria-label={say('admin.rule.document')}
        aria-describedby="edit-hint"
        rows={24}
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          check.reset();
          save.reset();
        }}
      />
      <p id="edit-hint" className="is-soft">
        {say(document ? 'admin.edit.hint' : 'admin.edit.not-json')}
      </p>
      <div aria-live="polite">
        {problems?.length === 0 && (
          <p className="is-good">
            <Icon name="check" /> {say('admin.edit.fine')}
          </p>
        )}
        {problems?.map(({ at, sentence }) => (
          <p key={`${at} ${sentence}`} className="is-bad">
            <Icon name="warning" /> {!sentence.startsWith(at) && <code>{at}</code>} {sentence}
          </p>
        ))}
        {save.error && (
          <p className="is-bad">
            <Icon name="warning" /> {save.error.message || say('admin.launch.failed')}
          </p>
        )}
      </div>
      <div className="launch-row">
        <Button type="submit" disabled={!document} loading={save.isPending}>
          {say('admin.edit.save')}
        </Button>
        <Button
          variant="default"
          disabled={!document}
          loading={check.isPending}
          onClick={() => document && check.mutate(document)}
        >
          {say('admin.edit.check')}
        </Button>
      </div>
    </form>
  );
}

/** Asks what is wrong with a document, and saves it as a draft. */
function useDraft(rule: Rule) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const check = useMutation({
    mutationFn: (given: Document) =>
      bodyOf(
        client.POST('/api/v1/rules/validation', { body: { programme: rule.programme, document: given } }),
      ),
  });
  const save = useMutation({
    mutationFn: (given: Document) => {
      const basedOn = given['code'] === rule.code ? { basedOn: rule.versions[0]!.version } : {};
      return bodyOf(
        client.POST('/api/v1/rules', {
          headers: { 'idempotency-key': newKey() },
          body: { programme: rule.programme, document: given, ...basedOn },
        }),
      );
    },
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: ['rules'] });
      await navigate({ to: '/rules/$id', params: { id: saved.rule } });
    },
  });
  return { check, save };
}

function read(text: string): Document | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Document) : null;
  } catch {
    return null;
  }
}
