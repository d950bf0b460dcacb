import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { read, type Problem, type StatementPage } from './api.ts';
import { Facts, Loading, Page, Points, Trouble } from './parts.tsx';
import { moment, number, t } from './texts.ts';
import { useRead } from './use-read.ts';

const path = '/statement?limit=30';

/** Every movement of the points, newest first; each opens its explanation. */
export function Statement() {
  const first = useRead<StatementPage>(path);
  const [older, setOlder] = useState<StatementPage[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const pages = first.data ? [first.data, ...older] : [];
  const next = pages.at(-1)?.next;

  async function more() {
    const answer = await read<StatementPage>(`${path}&before=${encodeURIComponent(next!)}`);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setOlder([...older, answer.data]);
  }

  return (
    <Page title={t('partner.nav.statement')}>
      <Rows rows={pages.flatMap(({ items }) => items)} />
      {!first.data &&
        (first.problem ? <Trouble problem={first.problem} retry={first.reload} /> : <Loading />)}
      {problem && <Trouble problem={problem} />}
      {next && (
        <button type="button" class="button quiet" onClick={() => void more()}>
          {t('partner.statement.more')}
        </button>
      )}
      {first.data?.items.length === 0 && <p class="empty">{t('partner.statement.empty')}</p>}
      {first.data && first.data.items.length > 0 && <Download />}
    </Page>
  );
}

/** The whole of it as a signed file, to be shown to whoever wants proof. */
function Download() {
  return (
    <p class="download">
      <a class="button quiet" href="/api/v1/statement/export" download>
        {t('partner.statement.download')}
      </a>
      <small>{t('partner.statement.download-hint')}</small>
    </p>
  );
}

function Rows({ rows }: { rows: StatementPage['items'] }) {
  return (
    <ul class="rows">
      {rows.map((row) => (
        <li key={row.transfer}>
          <Link href={`/statement/${row.transfer}`} class="row">
            <span class="row-main">
              <strong>{row.title}</strong>
              <Facts
                facts={[
                  moment(row.at),
                  t('partner.statement.balance', { balance: number(row.balanceAfter) }),
                ]}
              />
            </span>
            <span class="row-end">
              <Points units={row.units} isChange />
              <span class="why">{t('partner.why')}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
