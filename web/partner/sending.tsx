import { useEffect } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { Page } from './parts.tsx';
import { discard, nameOfOutgoing, isRefused, outgoing, sendAgain } from './outgoing.ts';
import { SnapBar } from './snap-bar.tsx';
import { t } from './texts.ts';

/** The photo on its way. When it does not get through, it stays, and can be sent again. */
export function Sending() {
  const [, go] = useLocation();
  const photo = outgoing.value;

  useEffect(() => {
    if (!photo) go('/', { replace: true });
    // Only on arrival: when the photo has gone through, whoever sent it opens the receipt.
  }, []);
  useEffect(() => {
    const retry = () => void again();
    addEventListener('online', retry);
    return () => removeEventListener('online', retry);
  }, []);

  async function again() {
    const evidence = await sendAgain();
    if (evidence) go(`/receipts/${evidence.id}`, { replace: true });
  }
  function throwAway() {
    discard();
    go('/', { replace: true });
  }

  const hasFailed = photo?.state === 'failed';
  return (
    <Page title={t(photo ? nameOfOutgoing(photo) : 'partner.sending.title')} back="/">
      {hasFailed ? (
        <div class="notice bad stack" role="alert">
          <p>{photo.problem?.detail || t('partner.unreachable')}</p>
          {isRefused(photo) ? (
            <SnapBar />
          ) : (
            <>
              <p>{t('partner.sending.kept')}</p>
              <button type="button" class="button" onClick={() => void again()}>
                {t('partner.sending.again')}
              </button>
            </>
          )}
          <button type="button" class="button quiet" onClick={throwAway}>
            {t('partner.sending.discard')}
          </button>
        </div>
      ) : (
        <div role="status">
          <p class="progress" aria-hidden="true" />
          <p class="faint">{t('partner.sending.place')}</p>
        </div>
      )}
      {photo && <img class="preview" src={photo.preview} alt={t('partner.photo')} />}
    </Page>
  );
}
