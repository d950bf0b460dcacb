import { useQuery } from '@tanstack/react-query';
import type { ProgressDocument } from '../api.ts';
import { useReader } from '../language.tsx';
import { Trouble } from '../notices.tsx';
import { useAmount } from './amount.ts';
import { DocumentEditor } from './document.tsx';
import { Override } from './override.tsx';
import { documents, overrides } from './queries.ts';
import type { DiscountDocument } from './shape.ts';
import { newDiscount, untaken } from './templates.ts';

/** The discounts with their tables, a way to give another one with a reason, and everybody who did. */
export function Discounts({ programme }: { programme: string }) {
  const { say } = useReader();
  const { data, error, refetch } = useQuery(documents(programme));
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  const all = data.items.filter(({ kind }) => kind === 'discount');
  const newest = [...new Map(all.map((one) => [one.code, one])).values()];
  return (
    <div className="progress-body">
      {newest.length === 0 && <p className="is-soft">{say('admin.discounts.none')}</p>}
      {newest.map((stored) => (
        <OneDiscount key={`${stored.code} ${stored.version}`} stored={stored} programme={programme} />
      ))}
      <DocumentEditor
        key={newest.length}
        title={say('admin.discounts.new')}
        stored={null}
        template={untaken(
          newDiscount,
          newest.map(({ code }) => code),
        )}
        programme={programme}
      />
      <Audit programme={programme} />
    </div>
  );
}

function OneDiscount({ stored, programme }: { stored: ProgressDocument; programme: string }) {
  const { say, name, percent, language, span } = useReader();
  const amount = useAmount();
  const document = stored.document as DiscountDocument;
  const counted = { counts: document.counts.of, currency: document.counts.currency ?? null };
  const title = document.title[language] ?? document.title['en']!;
  return (
    <section className="section progress-part" aria-labelledby={`discount-${document.code}`}>
      <header>
        <h2 id={`discount-${document.code}`}>{title}</h2>
        <span className="rule-code">{document.code}</span>
      </header>
      <p className="is-soft">
        {name('admin.discounts.mode', document.mode.kind)} · {name('admin.goal.for', document.for)} ·{' '}
        {say('admin.discounts.window', { window: span(document.window) })}
      </p>
      <table className="table steps-table">
        <thead>
          <tr>
            <th scope="col">{say('admin.discounts.from')}</th>
            <th scope="col" className="is-number">
              {say('admin.column.percent')}
            </th>
          </tr>
        </thead>
        <tbody>
          {document.table.map((step) => (
            <tr key={step.from}>
              <th scope="row">{amount(step.from ?? 0, counted)}</th>
              <td className="is-number">{percent((step.percent ?? 0) / 100)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Override discount={document} programme={programme} />
      <DocumentEditor
        title={say('admin.document.decided')}
        stored={stored}
        template={newDiscount}
        programme={programme}
      />
    </section>
  );
}

/** Discounts that were given otherwise than the table says: never changed, newest first. */
function Audit({ programme }: { programme: string }) {
  const { say, percent, day, number } = useReader();
  const { data } = useQuery(overrides(programme));
  if (!data) return null;
  return (
    <section className="section" aria-labelledby="audit">
      <h2 id="audit">{say('admin.overrides.title')}</h2>
      {data.items.length === 0 && <p className="is-soft">{say('admin.overrides.none')}</p>}
      {data.items.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say('admin.column.date')}</th>
              <th scope="col">{say('admin.column.whose')}</th>
              <th scope="col" className="is-number">
                {say('admin.column.by-table')}
              </th>
              <th scope="col" className="is-number">
                {say('admin.column.given')}
              </th>
              <th scope="col">{say('admin.column.reason')}</th>
              <th scope="col">{say('admin.column.by')}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((one) => (
              <tr key={one.id}>
                <td>{day(one.at)}</td>
                <th scope="row">
                  {one.owner}
                  <span className="under">
                    {one.discount}, {number(one.amountMinor / 100, 2)}
                  </span>
                </th>
                <td className="is-number is-soft">{percent(one.tablePercent / 100)}</td>
                <td className="is-number">{percent(one.percent / 100)}</td>
                <td>{one.reason}</td>
                <td className="is-soft">{one.by}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
