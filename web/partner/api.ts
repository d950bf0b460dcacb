import { language } from './texts.ts';

/** What the API answers, as far as the phone shows it. Times are ISO 8601, amounts the smallest part of their asset. */
export type Problem = { status: number; code: string; detail: string };
export type Answer<T> = { ok: true; data: T } | { ok: false; problem: Problem };

export type Reason = { code: string; ok: boolean; text: string };
export type Asset = { code: string; kind: string; scale: number };
export type EvidenceState = 'waiting' | 'reading' | 'verified' | 'rejected' | 'needs-review' | 'parked';

export type EvidenceRow = {
  id: string;
  state: EvidenceState;
  receivedAt: string;
  participant: { id: string };
  outlet: { id: string; name: string } | null;
  merchant: string | null;
  occurredOn: string | null;
  totalMinor: number | null;
  currency: string | null;
  points: number;
  reasons: Reason[];
  secondsToPoints: number | null;
};

/** Corners x1,y1 ... x4,y4 in pixels of the picture. */
export type Quad = readonly number[];
export type ReadingItem = {
  text: string;
  quantity: number | null;
  amountMinor: number | null;
  quad: Quad | null;
};
type Field<T> = { value: T } | null;
export type Reading = {
  width: number;
  height: number;
  merchant: Field<string>;
  date: Field<string>;
  time: Field<string>;
  number: Field<string>;
  totalMinor: Field<number>;
  currency: Field<string>;
  items: ReadingItem[];
};

export type EvidenceDetail = EvidenceRow & {
  reading: Reading | null;
  matches: { item: number; product: { id: string; sku: string; name: string; isFocus: boolean } | null }[];
  verification: {
    verdict: string;
    reasons: Reason[];
    decidedBy: { name: string } | null;
    note: string | null;
  } | null;
  duplicateOf: { id: string; receivedAt: string; participant: { id: string } | null } | null;
  evaluation: Evaluation[];
  transfers: Transfer[];
};
export type Evaluation = {
  rule: { code: string; version: number; title: string };
  fired: boolean;
  reason: Reason;
  steps: string[];
  awards: { asset: string; units: number }[];
};

export type Transfer = {
  id: string;
  at: string;
  effectiveAt: string;
  kind: string;
  asset: Asset;
  units: number;
  debit: { role: string; owner: string };
  credit: { role: string; owner: string };
  expiresOn: string | null;
};
export type Explanation = {
  transfer: Transfer;
  rule: { code: string; version: number; title: string } | null;
  reasons: string[];
  steps: string[];
  evidence: EvidenceRow | null;
};
export type StatementRow = {
  transfer: string;
  at: string;
  effectiveAt: string;
  /** Code of the asset. */
  asset: string;
  units: number;
  balanceAfter: number;
  title: string;
};
export type Wallet = {
  balances: { asset: Asset; available: number; held: number; pending: number }[];
  expiry: { expiresOn: string; units: number }[];
};
export type Message = { id: string; body: string | null; createdAt: string; readAt: string | null };
export type Me = {
  kind: 'participant' | 'staff';
  id: string;
  name: string;
  language: string;
  tier?: string;
  outlets: { id: string; name: string }[];
  programme: { name: string; currency: string };
};
export type Person = {
  kind: 'participant' | 'staff';
  name: string;
  role: string;
  phone?: string;
  language: string;
  note: string;
};

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

export const askCode = (phone: string) => write<{ demoCode?: string }>('POST', '/auth/codes', { phone });

export const openSession = (phone: string, code: string) =>
  write<object>('POST', '/auth/sessions', { phone, code });

export const closeSession = () => write<null>('DELETE', '/auth/sessions/current');

export const markMessagesRead = () => write<null>('POST', '/messages/read');

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
