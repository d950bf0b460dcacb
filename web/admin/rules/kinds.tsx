import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { bodyOf, client, newKey, type ActivityKind } from '../api.ts';
import { ChoiceField, TextField } from '../fields.tsx';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { Trouble } from '../notices.tsx';
import { activityKinds, rules } from '../queries.ts';
import '../fields.css';

/** Kinds of activity: the usual ones, those that were declared with what they tell, and a form that declares one. */
export function Kinds() {
  const { say } = useReader();
  const { kind } = useSearch({ from: '/rules' });
  const codes = [...new Set(useQuery(rules).data?.items.map(({ programme }) => programme))];
  const [chosen, choose] = useState<string>();
  const programme = codes.length > 1 ? (chosen ?? codes[0]) : undefined;
  const { data, error, refetch } = useQuery(activityKinds(programme));
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  const edited = data.items.find((one) => one.kind === kind) ?? null;
  return (
    <div className="kinds">
      <p className="is-soft">{say('admin.kinds.how')}</p>
      {programme !== undefined && (
        <ChoiceField
          label={say('admin.new.programme')}
          value={programme}
          change={choose}
          options={codes.map((code) => ({ value: code, text: code }))}
        />
      )}
      <KindTable kinds={data.items} />
      <KindForm key={edited?.kind ?? ''} edited={edited} programme={programme} />
    </div>
  );
}

function KindTable({ kinds }: { kinds: readonly ActivityKind[] }) {
  const { say, name, language } = useReader();
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say('admin.column.kind')}</th>
          <th scope="col">{say('admin.kinds.attributes')}</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map(({ kind, title, attributes }) => (
          <tr key={kind} className="row">
            <th scope="row">
              <Link className="row-link" to="/rules" search={{ show: 'kinds', kind }}>
                {title?.[language] ?? title?.['en'] ?? name('admin.activity', kind)}
              </Link>
              <span className="rule-code">{kind}</span>
            </th>
            <td className="is-soft">
              {Object.entries(attributes)
                .map(([attribute, type]) => `${attribute} (${name('admin.kinds.type', type)})`)
                .join(', ') || '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const types = ['int', 'double', 'bool', 'string'];
type Attribute = { name: string; type: string };

function KindForm({ edited, programme }: { edited: ActivityKind | null; programme: string | undefined }) {
  const { say, language } = useReader();
  const [kind, setKind] = useState(edited?.kind ?? '');
  const [title, setTitle] = useState(edited?.title?.[language] ?? edited?.title?.['en'] ?? '');
  const [attributes, setAttributes] = useState<Attribute[]>(() =>
    Object.entries(edited?.attributes ?? {}).map(([name, type]) => ({ name, type })),
  );
  const declare = useDeclare(programme);
  const send = () => {
    const named = attributes.filter(({ name }) => name !== '').map(({ name, type }) => [name, type]);
    const titles = { ...edited?.title, [language]: title };
    const withEnglish = { ...titles, en: titles['en'] ?? title };
    const texts = title === '' ? {} : { title: withEnglish };
    declare.mutate({ kind, ...texts, attributes: Object.fromEntries(named) });
  };
  return (
    <form
      className="stack card"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <h2>{say(edited ? 'admin.kinds.change' : 'admin.kinds.new')}</h2>
      <div className="pair">
        {!edited && (
          <TextField
            label={say('admin.form.code')}
            hint={say('admin.kinds.code.how')}
            value={kind}
            change={setKind}
            isCode
          />
        )}
        <TextField label={say('admin.form.title')} value={title} change={setTitle} />
      </div>
      <Attributes attributes={attributes} change={setAttributes} />
      {declare.error && (
        <p className="is-bad" role="alert">
          <Icon name="warning" /> {declare.error.message || say('admin.launch.failed')}
        </p>
      )}
      <div className="launch-row">
        <Button type="submit" disabled={kind === ''} loading={declare.isPending}>
          {say('admin.kinds.save')}
        </Button>
        {edited && (
          <Link className="back" to="/rules" search={{ show: 'kinds' }}>
            {say('admin.kinds.new')}
          </Link>
        )}
      </div>
    </form>
  );
}

function Attributes({
  attributes,
  change,
}: {
  attributes: Attribute[];
  change: (attributes: Attribute[]) => void;
}) {
  const { say, name: nameOf } = useReader();
  const put = (index: number, changes: Partial<Attribute>) =>
    change(attributes.with(index, { ...attributes[index]!, ...changes }));
  return (
    <>
      {attributes.map(({ name, type }, index) => (
        <div key={index} className="pair">
          <TextField
            label={say('admin.kinds.attribute')}
            value={name}
            change={(text) => put(index, { name: text })}
            isCode
          />
          <ChoiceField
            label={say('admin.kinds.type')}
            value={type}
            change={(chosen) => put(index, { type: chosen })}
            options={types.map((one) => ({ value: one, text: nameOf('admin.kinds.type', one) }))}
          />
        </div>
      ))}
      <p>
        <Button
          size="xs"
          variant="default"
          onClick={() => change([...attributes, { name: '', type: 'int' }])}
        >
          {say('admin.kinds.add')}
        </Button>
      </p>
    </>
  );
}

type Declared = { kind: string; title?: Record<string, string>; attributes: Record<string, string> };

function useDeclare(programme: string | undefined) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (declared: Declared) =>
      bodyOf(
        client.POST('/api/v1/activity-kinds', {
          params: { query: programme === undefined ? {} : { programme } },
          headers: { 'idempotency-key': newKey() },
          body: declared as Declared & { attributes: Record<string, 'string' | 'int' | 'double' | 'bool'> },
        }),
      ),
    onSuccess: async (_kinds, { kind }) => {
      await queries.invalidateQueries({ queryKey: ['rules'] });
      await navigate({ to: '/rules', search: { show: 'kinds', kind } });
    },
  });
}
