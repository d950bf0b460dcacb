import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Rule } from '../api.ts';
import { ChoiceField } from '../fields.tsx';
import { useReader, type TextKey } from '../language.tsx';
import { ruleDecisions, ruleDifference } from '../queries.ts';
import { Moment } from '../values.tsx';
import type { RuleDocument } from './document.ts';
import { RuleMark } from './mark.tsx';
import { readRule } from './reading.ts';
import { useWords } from './use-words.ts';
import '../fields.css';

/** What a version changes of another one, field by field. */
export function Difference({ rule, to, from }: { rule: Rule; to: number; from?: number | undefined }) {
  const { say } = useReader();
  const { data } = useQuery(ruleDifference(rule.id, to, from));
  if (!data || rule.versions.length < 2) return null;
  if (data.items.length === 0) return from === undefined ? null : <p>{say('admin.rule.same')}</p>;
  return (
    <section className="section">
      <h2>{say('admin.rule.difference')}</h2>
      <table className="table difference">
        <thead>
          <tr>
            <th scope="col">{say('admin.column.field')}</th>
            <th scope="col">{say('admin.column.before')}</th>
            <th scope="col">{say('admin.column.after')}</th>
          </tr>
        </thead>
        <tbody>
          <InWords rule={rule} from={from ?? usualBefore(rule, to)} to={to} />
          {data.items.map(({ at, old, new: now }) => (
            <tr key={at}>
              <th scope="row">
                <Part at={at} />
              </th>
              <td className="is-soft">{written(old)}</td>
              <td>{written(now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

// As the server chooses it: what is live, or the version before.
function usualBefore({ liveVersion }: Rule, to: number): number {
  return liveVersion !== null && liveVersion !== to ? liveVersion : to - 1;
}

/** What both versions say in plain words, where that differs. */
function InWords({ rule, from, to }: { rule: Rule; from: number; to: number }) {
  const reader = useReader();
  const documents = [from, to].map(
    (number) => rule.versions.find(({ version }) => version === number)?.document as RuleDocument | undefined,
  );
  const words = useWords(rule.programme, ...documents);
  const said = documents.map((document) =>
    words && document ? readRule(document, { reader, ...words }).join(' ') : null,
  );
  if (!said[0] || !said[1] || said[0] === said[1]) return null;
  return (
    <tr>
      <th scope="row" className="in-words">
        {reader.say('admin.read.title')}
      </th>
      <td className="is-soft">{said[0]}</td>
      <td>{said[1]}</td>
    </tr>
  );
}

/** The parts of the form, by the places in the document that they stand for; the longer place first. */
const parts: [place: string, title: TextKey][] = [
  ['texts', 'admin.form.name'],
  ['scope.audience', 'admin.form.who'],
  ['scope.products', 'admin.form.products'],
  ['scope', 'admin.form.what'],
  ['effects', 'admin.form.pays'],
  ['to', 'admin.form.payee'],
  ['goal', 'admin.form.goal'],
  ['condition', 'admin.form.condition'],
  ['limits', 'admin.form.limits'],
  ['values', 'admin.form.limits'],
  ['stacking', 'admin.form.beside'],
  ['base', 'admin.form.beside'],
  ['rounding', 'admin.form.beside'],
  ['expires', 'admin.form.spending'],
  ['pending', 'admin.form.spending'],
  ['taxClass', 'admin.form.spending'],
  ['experiment', 'admin.form.experiment'],
];

function Part({ at }: { at: string }) {
  const { say } = useReader();
  const found = parts.find(
    ([place]) => at === place || at.startsWith(`${place}.`) || at.startsWith(`${place}[`),
  );
  return (
    <>
      {found && <span className="in-words">{say(found[1])}</span>} {at}
    </>
  );
}

const written = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);

/** All versions, and what any two of them differ in; the address says which two. */
export function History({ rule }: { rule: Rule }) {
  const { say } = useReader();
  const { from, to } = useSearch({ from: '/rules/$id' });
  const navigate = useNavigate({ from: '/rules/$id' });
  const [newest, last = newest] = rule.versions;
  const pair = { from: Number(from ?? last!.version), to: Number(to ?? newest!.version) };
  const choose = (changes: Partial<typeof pair>) => {
    const chosen = { ...pair, ...changes };
    void navigate({
      search: { show: 'history', from: String(chosen.from), to: String(chosen.to) },
      replace: true,
    });
  };
  const options = rule.versions.map(({ version }) => ({
    value: String(version),
    text: say('admin.rule.version', { version }),
  }));
  return (
    <>
      <Versions rule={rule} />
      {rule.versions.length > 1 && (
        <>
          <div className="pair compare">
            <ChoiceField
              label={say('admin.column.before')}
              value={String(pair.from)}
              change={(version) => choose({ from: Number(version) })}
              options={options}
            />
            <ChoiceField
              label={say('admin.column.after')}
              value={String(pair.to)}
              change={(version) => choose({ to: Number(version) })}
              options={options}
            />
          </div>
          <Difference rule={rule} {...pair} />
        </>
      )}
    </>
  );
}

function Versions({ rule }: { rule: Rule }) {
  const { say } = useReader();
  return (
    <section className="section">
      <h2>{say('admin.rule.versions')}</h2>
      <table className="table versions">
        <thead>
          <tr>
            <th scope="col">{say('admin.column.version')}</th>
            <th scope="col">{say('admin.column.state')}</th>
            <th scope="col">{say('admin.column.counts-from')}</th>
            <th scope="col">{say('admin.column.by')}</th>
          </tr>
        </thead>
        <tbody>
          {rule.versions.map(({ version, state, effectiveFrom, createdBy }) => (
            <tr key={version}>
              <th scope="row">{version}</th>
              <td>
                <RuleMark state={state} />
              </td>
              <td className="is-soft">
                {state === 'draft' ? (
                  '–'
                ) : effectiveFrom ? (
                  <Moment iso={effectiveFrom} full />
                ) : (
                  say('admin.rule.always')
                )}
              </td>
              <td className="is-soft">{createdBy}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Who drafted, launched, declined and ended it, and why. */
export function Decisions({ id }: { id: string }) {
  const { say, name } = useReader();
  const { data } = useQuery(ruleDecisions(id));
  if (!data || data.items.length === 0) return null;
  return (
    <section className="section">
      <h2>{say('admin.rule.decisions')}</h2>
      <ol className="decisions">
        {data.items.map(({ id, at, by, what, version, facts }) => (
          <li key={id}>
            <Moment iso={at} full />
            <span>
              {name('admin.decision', what, { who: by, version: version ?? 0 })}
              {whyOf(facts) && <q>{whyOf(facts)}</q>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function whyOf(facts: Record<string, unknown>): string | null {
  const why = facts['reason'] ?? facts['waiver'] ?? facts['because'];
  return typeof why === 'string' ? why : null;
}
