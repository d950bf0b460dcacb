import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { ruleDetail, rules } from '../queries.ts';
import { useTitle } from '../tabbed.tsx';
import { BackToList } from './back.tsx';
import type { RuleDocument } from './document.ts';
import { Editor } from './editor.tsx';
import { readRule } from './reading.ts';
import { beginWith, freeCode, templates, type Beginning } from './templates.ts';
import { useWords, type Words } from './use-words.ts';
import './rules.css';

/** A new rule: a template to begin with, and then the form. The address says which template it was. */
export function NewRulePage() {
  const { template: code, copy, programme } = useSearch({ from: '/rules/new' });
  const { say } = useReader();
  const title = say('admin.new.title');
  useTitle(title);
  const listed = useQuery(rules).data?.items;
  const codes = [...new Set(listed?.map((rule) => rule.programme))];
  // Where there are several, somebody has to say which one.
  const chosen = programme ?? (codes.length === 1 ? codes[0] : undefined);
  const template = templates.find((one) => one.code === code);
  return (
    <div className="page">
      <header className="head is-detail">
        {template ? (
          <Link className="back" to="/rules/new" search={programme ? { programme } : {}}>
            <Icon name="left" />
            {title}
          </Link>
        ) : (
          <BackToList />
        )}
        <div className="detail-title">
          <h1>{template ? say(template.title) : title}</h1>
        </div>
      </header>
      <div className="scroll wide is-full">
        {listed && !copy && codes.length > 1 && !chosen && <Programmes codes={codes} />}
        {listed && copy && <Copied id={copy} taken={listed.map((rule) => rule.code)} />}
        {listed && !copy && (chosen || codes.length < 2) && (
          <Begin programme={chosen} code={code} taken={listed.map((rule) => rule.code)} />
        )}
      </div>
    </div>
  );
}

function Programmes({ codes }: { codes: readonly string[] }) {
  const { say } = useReader();
  return (
    <section className="section">
      <h2>{say('admin.new.programme')}</h2>
      <ul className="templates">
        {codes.map((programme) => (
          <li key={programme}>
            <Link className="template" to="/rules/new" search={{ programme }}>
              <strong>{programme}</strong>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

type BeginProps = { programme: string | undefined; code: string | undefined; taken: readonly string[] };

function Begin({ programme, code, taken }: BeginProps) {
  const { say } = useReader();
  const words = useWords(programme);
  if (!words) return <div aria-busy="true" />;
  const template = templates.find((one) => one.code === code);
  if (!template)
    return (
      <section className="section">
        <p className="is-soft">{say('admin.new.how')}</p>
        <ul className="templates">
          {templates.map((one) => (
            <li key={one.code}>
              <Link
                className="template"
                to="/rules/new"
                search={{ template: one.code, ...(programme && { programme }) }}
              >
                <strong>{say(one.title)}</strong>
                <span className="is-soft">{say(one.how)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
    );
  return <Filled key={template.code} template={template} programme={programme} words={words} taken={taken} />;
}

/** Another rule like one that is there. */
function Copied({ id, taken }: { id: string; taken: readonly string[] }) {
  const { data } = useQuery(ruleDetail(id));
  if (!data) return <div aria-busy="true" />;
  const { document } = data.versions[0]!;
  const start = { ...(document as RuleDocument), code: freeCode(data.code, taken) };
  return <Editor programme={data.programme} rule={null} start={start} keptAs={`copy.${id}`} />;
}

type FilledProps = Omit<BeginProps, 'code'> & { template: (typeof templates)[number]; words: Words };

// The texts begin with the template's name and with what the rule says by itself.
function Filled({ template, programme, words, taken }: FilledProps) {
  const reader = useReader();
  const document = beginWith(template, beginning(words), taken);
  const [award = ''] = readRule(document, { reader, ...words });
  const text = { title: reader.say(template.title), award };
  const texts = { en: text, [reader.language]: text };
  return (
    <Editor
      programme={programme}
      rule={null}
      start={{ ...document, texts }}
      keptAs={`new.${programme ?? ''}.${template.code}`}
    />
  );
}

function beginning({ names, products, currency, today }: Words): Beginning {
  return {
    today,
    currency,
    asset: (names.assets.find(({ kind }) => kind === 'points') ?? names.assets[0])?.code ?? 'points',
    kind: names.kinds[0]?.code ?? 'receipt',
    tiers: names.tiers.map(({ code }) => code),
    categories: names.categories,
    skus: products.map(({ sku }) => sku),
    groups: names.groups.filter(({ multiplies }) => !multiplies).map(({ code }) => code),
  };
}
