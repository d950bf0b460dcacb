import { useLocation } from 'wouter-preact';
import { Icon } from './icon.tsx';
import { send } from './outgoing.ts';
import { t } from './texts.ts';

/** The one big button, where the thumb is; beside it the way to a photo that was taken before. */
export function SnapBar() {
  const [, go] = useLocation();

  async function take(event: Event & { currentTarget: HTMLInputElement }, source: 'camera' | 'gallery') {
    const file = event.currentTarget.files?.[0];
    // Choosing the same file again must count as a choice.
    event.currentTarget.value = '';
    if (!file) return;
    const sent = send(file, source);
    go('/sending');
    const evidence = await sent;
    // Whoever went elsewhere in the meantime is not called back.
    if (evidence && location.pathname === '/sending') go(`/receipts/${evidence.id}`, { replace: true });
  }

  return (
    <div class="snap-bar">
      <label class="snap">
        <input
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => void take(event, 'camera')}
        />
        <Icon name="camera" />
        {t('partner.snap')}
      </label>
      <label class="snap choose">
        <input type="file" accept="image/*" onChange={(event) => void take(event, 'gallery')} />
        <Icon name="picture" />
        <span class="choose-word">{t('partner.choose')}</span>
      </label>
    </div>
  );
}
