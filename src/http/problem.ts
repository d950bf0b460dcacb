import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { RefusalCode, Refused } from '../shared/refusal.ts';
import { sayRefusal } from '../flow/say-problem.ts';
import type { Language } from '../../web/texts/say.ts';
import type { Env } from './app.ts';

/** The HTTP status of every refusal; a code without a line here does not compile. */
export const statusOf: Record<RefusalCode, ContentfulStatusCode> = {
  'not-found': 404,
  'not-signed-in': 401,
  'not-allowed': 403,
  'bad-request': 422,
  'request-too-large': 413,
  'wrong-code': 422,
  'code-locked': 429,
  'too-many-requests': 429,
  'rate-limited': 429,
  'key-reused': 422,
  'picture-unreadable': 422,
  'picture-too-large': 413,
  'picture-too-many-pixels': 422,
  'picture-format': 415,
  'no-outlet': 422,
  'not-in-review': 409,
  'already-decided': 409,
  'cannot-approve': 422,
  'activity-invalid': 422,
  'unknown-kind': 422,
  'unknown-attribute': 422,
  'wrong-attribute': 422,
  'link-to-self': 422,
  'link-in-circle': 422,
  'rule-invalid': 422,
  'rule-changed': 409,
  'not-replayed': 422,
  'second-person': 403,
  'not-proposed': 409,
  'no-programme': 409,
  'programme-fixed': 422,
  'bound-fixed': 403,
  'below-floor': 422,
  'unknown-account': 422,
  'asset-mismatch': 422,
  'unknown-asset': 422,
  'unknown-recipient': 422,
  'gift-to-self': 422,
  'gift-limit': 422,
  'not-a-member': 422,
  'limit-exceeded': 422,
  'link-mismatch': 422,
  'unknown-transfer': 422,
  'id-reused': 409,
  'already-resolved': 409,
  'hold-exceeded': 422,
  'reversal-exceeded': 422,
  'period-closed': 422,
  'period-not-over': 422,
};

export type Problem = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  facts?: Record<string, unknown>;
  instance?: string;
};

/** The refusal as a problem document (RFC 9457), its sentence in the reader's language. */
export function problemOf(refused: Refused, language: Language): Problem {
  const status = statusOf[refused.refused];
  const { sentence, facts } = sayRefusal(refused, language);
  return {
    type: `/docs/problems#${refused.refused}`,
    title: refused.refused.replaceAll('-', ' '),
    status,
    code: refused.refused,
    detail: sentence,
    ...(facts ? { facts } : {}),
  };
}

/** Answers the request with the refusal. */
export function answerProblem(c: Context<Env>, refused: Refused): Response {
  const problem = problemOf(refused, c.get('language'));
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' };
  if (problem.status === 429) headers['retry-after'] = String(refused.facts?.seconds ?? 60);
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer';
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, headers);
}

/** Ends the request with the refusal, from however deep in a handler. */
export function endWith(c: Context<Env>, refused: Refused): never {
  const res = answerProblem(c, refused);
  throw new HTTPException(res.status as ContentfulStatusCode, { res });
}
