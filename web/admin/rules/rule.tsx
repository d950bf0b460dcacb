import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { Rule } from '../api.ts';
import { useReader } from '../language.tsx';
import { NotFound, Trouble } from '../notices.tsx';
import { ruleDetail } from '../queries.ts';
import { Tabs, useTitle, type Tab } from '../tabbed.tsx';
import { BackToList } from './back.tsx';
import type { RuleDocument } from './document.ts';
import { Editor } from './editor.tsx';
import { Decisions, Difference, History } from './history.tsx';
import { Launch, Retire } from './launch.tsx';
import { RuleMark } from './mark.tsx';
import { Reading } from './reading-card.tsx';
import { ReplayView } from './replay.tsx';
import { useWords } from './use-words.ts';
import '../story.css';
import './rules.css';

/** One rule, in four views: what it says and what waits to be decided, the form, replays, and its versions. */
export function RulePage() {
  const { id } = useParams({ from: '/rules/$id' });
  const { show } = useSearch({ from: '/rules/$id' });
  const { say } = useReader();
  const { data, error, refetch } = useQuery(ruleDetail(id));
  const title = useTitleOf(data);
  useTitle(title);
  if (error && 'status' in error && error.status === 404) return <NotFound />;
  const to = { to: '/rules/$id', params: { id } } as const;
  const tabs: Tab[] = [
    { ...to, search: {}, text: say('admin.rule.overview'), isChosen: !show },
    ...(['edit', 'replay', 'history'] as const).map((view) => ({
      ...to,
      search: { show: view },
      text: say(`admin.rule.show.${view}`),
      isChosen: show === view,
    })),
  ];
  return (
    <div className="page">
      <header className="head">
        <BackToList />
        {data && (
          <div className="detail-title">
            <h1>{title}</h1>
            <p>
              <RuleMark state={data.versions[0]!.state} /> {data.code}
            </p>
          </div>
        )}
      </header>
      <Tabs label={say('admin.rule.views')} tabs={tabs} />
      <div className={show ? 'scroll wide is-full' : 'scroll wide'}>
        {error && !data && <Trouble error={error} again={refetch} />}
        {data && !show && <Overview rule={data} />}
        {data && show === 'edit' && <Edit rule={data} />}
        {data && show === 'replay' && <ReplayView rule={data} />}
        {data && show === 'history' && <History rule={data} />}
      </div>
    </div>
  );
}

function useTitleOf(rule: Rule | undefined): string | undefined {
  const { language } = useReader();
  const texts = rule && documentOf(rule).texts;
  return (texts?.[language] ?? texts?.['en'])?.title;
}

// Every saved document has been checked by the server.
const documentOf = (rule: Rule): RuleDocument => rule.versions[0]!.document as RuleDocument;

function Overview({ rule }: { rule: Rule }) {
  const { say } = useReader();
  const words = useWords(rule.programme, documentOf(rule));
  return (
    <>
      {words && <Reading document={documentOf(rule)} words={words} />}
      <Launch rule={rule} />
      <p className="section">
        <Link to="/rules/new" search={{ copy: rule.id }}>
          {say('admin.rule.copy')}
        </Link>
      </p>
      <Difference rule={rule} to={rule.versions[0]!.version} />
      <Decisions id={rule.id} />
      <Retire rule={rule} />
    </>
  );
}

/** The newest version as a form. A version that was saved meanwhile is another beginning. */
function Edit({ rule }: { rule: Rule }) {
  const keptAs = `${rule.id}.${rule.versions[0]!.version}`;
  return (
    <Editor key={keptAs} programme={rule.programme} rule={rule} start={documentOf(rule)} keptAs={keptAs} />
  );
}
