import { useEffect } from 'preact/hooks';
import { markRead, type Inbox } from './api.ts';
import { Loading, Page, Trouble } from './parts.tsx';
import { unread } from './session.ts';
import { exactMoment, t } from './texts.ts';
import { useRead } from './use-read.ts';

async function markAll({ items }: Inbox): Promise<void> {
  const answer = await markRead(items.filter(({ readAt }) => !readAt).map(({ id }) => id));
  if (answer.ok) unread.value = 0;
}

/** What the programme told this person. Being shown is being read. */
export function Messages() {
  const { data, problem, reload } = useRead<Inbox>('/messages');
  useEffect(() => {
    if (data?.unread) void markAll(data);
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
