import { signal } from '@preact/signals';
import { newKey, sendShot, type EvidenceRow, type Problem, type Shot } from './api.ts';
import { shrink } from './shrink.ts';
import type { Key } from './texts.ts';

/**
 * A photo on its way. It stays here, and can be sent again under the same key, until the server has answered for it.
 * `shot` is null while the photo is still being made smaller.
 */
export type Outgoing = {
  key: string;
  preview: string;
  shot: Shot | null;
  state: 'sending' | 'failed';
  problem: Problem | null;
};

export const outgoing = signal<Outgoing | null>(null);

/** The picture is not one we can take, and would be refused again; a bad line or a busy server may be better later. */
export function isRefused({ problem }: Outgoing): boolean {
  const status = problem?.status ?? 0;
  return status >= 400 && status < 500 && ![401, 408, 429].includes(status);
}

/** Where it stands, in words. */
export function nameOfOutgoing(photo: Outgoing): Key {
  if (photo.state === 'sending') return 'partner.sending.title';
  return isRefused(photo) ? 'partner.sending.refused' : 'partner.sending.failed';
}

/** For how long sending waits for the phone to say where it is. */
const placeWaitMs = 2500;

/**
 * Takes a photo from the camera or the gallery and sends it. Answers with the evidence, or null when it did not get
 * through: then `outgoing` keeps the photo and says why.
 */
export async function send(file: File, source: 'camera' | 'gallery'): Promise<EvidenceRow | null> {
  discard();
  const key = newKey();
  outgoing.value = { key, preview: URL.createObjectURL(file), shot: null, state: 'sending', problem: null };
  // A picture from the gallery was taken somewhere else: where the phone is now says nothing about it.
  const [photo, place] = await Promise.all([shrink(file), source === 'camera' ? findPlace() : null]);
  return deliver({ key, photo, capturedAt: new Date(file.lastModified).toISOString(), place });
}

/** Sends the kept photo once more. */
export async function sendAgain(): Promise<EvidenceRow | null> {
  const kept = outgoing.value;
  return kept?.shot && kept.state === 'failed' ? deliver(kept.shot) : null;
}

export function discard(): void {
  if (outgoing.value) URL.revokeObjectURL(outgoing.value.preview);
  outgoing.value = null;
}

async function deliver(shot: Shot): Promise<EvidenceRow | null> {
  if (!update(shot.key, { shot, state: 'sending', problem: null })) return null;
  const answer = await sendShot(shot);
  if (!answer.ok) {
    update(shot.key, { state: 'failed', problem: answer.problem });
    return null;
  }
  if (outgoing.value?.key === shot.key) discard();
  return answer.data;
}

/** False when this photo was thrown away, or another taken, in the meantime. */
function update(key: string, change: Partial<Outgoing>): boolean {
  if (outgoing.value?.key !== key) return false;
  outgoing.value = { ...outgoing.value, ...change };
  return true;
}

function findPlace(): Promise<Shot['place']> {
  if (!('geolocation' in navigator)) return Promise.resolve(null);
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), placeWaitMs);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracyM: coords.accuracy }),
      () => resolve(null),
      { maximumAge: 60_000, timeout: placeWaitMs },
    );
  });
}

// Closing the page now would lose the photo, so the browser asks first.
addEventListener('beforeunload', (event) => {
  if (outgoing.value) event.preventDefault();
});
