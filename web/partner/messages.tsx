import { useEffect } from 'preact/hooks';
import { markMessagesRead, type Message } from './api.ts';
import { Loading, Page, Trouble } from './parts.tsx';
import { unread } from './session.ts';
import { exactMoment, t } from './texts.ts';
import { useRead } from './use-read.ts';

async function readAll(): Promise<void> {
  const answer = await markMessagesRead();
  if (answer.ok) unread.value = 0;
}

/** What the programme told this person. Being shown is being read. */
export function Messages() {
  const { data, problem, reload } = useRead<{ items: Message[]; unread: number }>('/messages');
  useEffect(() => {
    if (!data?.unread) return;
    void readAll();
  }, [data]);
  return (
    <Page title={t('partner.nav.messages')}>
      {!data && (problem ? <Trouble problem={problem} retry={reload} /> : <Loading />)}
      {data?.items.length === 0 && <p class="empty">{t('partner.messages.empty')}</p>}
      <ul class="rows">
        {data?.items.map(({ id, body, createdAt, readAt }) => (
          <li key={id} class={readAt ? 'message' : 'message new'}>
            <p>{body}</p>
            <p class="faint">
              <time dateTime={createdAt}>{exactMoment(createdAt)}</time>
              {!readAt && <span class="tag">{t('partner.messages.new')}</span>}
            </p>
          </li>
        ))}
      </ul>
    </Page>
  );
}
