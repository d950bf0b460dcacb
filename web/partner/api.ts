import type { components, paths } from '../api.d.ts';
import { language } from './texts.ts';

/** What the API answers, as its own description says. Times are ISO 8601, amounts the smallest part of their asset. */
type Schemas = components['schemas'];
type Answered<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type Me = Schemas['Me'];
export type EvidenceRow = Schemas['EvidenceRow'];
export type EvidenceDetail = Schemas['Evidence'];
export type EvidenceState = EvidenceRow['state'];
export type EvidenceList = Answered<'/api/v1/evidence'>;
export type Evaluation = EvidenceDetail['evaluation'][number];
export type Quad = readonly number[];
export type Explanation = Schemas['Explanation'];
export type StatementPage = Schemas['Statement'];
export type Wallet = Schemas['Wallet'];
export type Inbox = Answered<'/api/v1/messages'>;
export type Goals = Answered<'/api/v1/goals'>;
export type Goal = Schemas['Goal'];
export type Tiers = Schemas['Tiers'];
export type Discounts = Answered<'/api/v1/discounts'>;
export type Activities = { items: Activity[] };
export type Activity = NonNullable<Schemas['Activity']>;
export type Traces = Answered<'/api/v1/activities/{id}/explanation'>;
export type People = Answered<'/api/v1/demo/people'>;

/** A refusal in the reader's language; status 0 means that we did not get through. */
export type Problem = Pick<Schemas['Problem'], 'status' | 'code' | 'detail'>;
export type Answer<T> = { ok: true; data: T } | { ok: false; problem: Problem };

const root = '/api/v1';

/** Fired at the window when the server no longer knows the session. */
export const signedOut = 'mitra-signed-out';

async function call<T>(
  method: string,
  path: string,
  options: RequestInit = {},
  limitS = 20,
): Promise<Answer<T>> {
  try {
    const answer = await fetch(root + path, {
      method,
      ...options,
      headers: { Accept: 'application/json', 'Accept-Language': language.value, ...options.headers },
      signal: AbortSignal.timeout(limitS * 1000),
    });
    if (answer.status === 401) dispatchEvent(new Event(signedOut));
    const body = answer.status === 204 ? null : await answer.json();
    if (answer.ok) return { ok: true, data: body as T };
    return {
      ok: false,
      problem: { status: answer.status, code: body.code, detail: body.detail ?? body.title },
    };
  } catch {
    // No network, a time-out, or an answer that is not ours: for the reader all three are "we did not get through".
    return { ok: false, problem: { status: 0, code: 'unreachable', detail: '' } };
  }
}

/** Every write carries a key made on the phone, so that sending it again has no second effect. */
function write<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': newKey() };
  return call(method, path, body ? { headers, body: JSON.stringify(body) } : { headers });
}

export const read = <T>(path: string): Promise<Answer<T>> => call<T>('GET', path);

export const askCode = (phone: string) => write<{ demoCode?: string }>('POST', '/auth/otp', { phone });

export const openSession = (phone: string, code: string) =>
  write<object>('POST', '/auth/sessions', { phone, code });

export const closeSession = () => write<null>('DELETE', '/auth/sessions/current');

export const markRead = (ids: string[]) => write<null>('POST', '/messages/read', { ids });

export type Shot = {
  key: string;
  photo: Blob;
  capturedAt: string;
  place: { latitude: number; longitude: number; accuracyM: number } | null;
};

/** Sends a photo under the key it was given when it was taken. */
export function sendShot(shot: Shot): Promise<Answer<EvidenceRow>> {
  const body = new FormData();
  body.set('photo', shot.photo, 'receipt.jpg');
  body.set('capturedAt', shot.capturedAt);
  for (const [name, value] of Object.entries(shot.place ?? {})) body.set(name, String(value));
  return call('POST', '/evidence', { body, headers: { 'Idempotency-Key': shot.key } }, 120);
}

/** 128 random bits. `crypto.randomUUID` is absent on plain http, where a phone on the shop's own network may well be. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
