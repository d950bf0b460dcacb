import { problemShape } from './shapes.ts';
import type { z } from '@hono/zod-openapi';

/** One JSON answer of a route, for the OpenAPI document. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** The JSON body that a route takes. */
export function body<T extends z.ZodType>(schema: T) {
  return { body: { required: true, content: { 'application/json': { schema } } } };
}

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemShape } },
});

/** The refusals that every signed-in route may answer with. */
export const refusals = {
  401: problem('Nobody is signed in'),
  404: problem('Not there, or not yours to see'),
  429: problem('Too many requests; `Retry-After` says how many seconds to wait'),
  422: problem('Refused; `code` says why'),
} as const;

/** Refusals of the open sign-in routes. */
export const openRefusals = {
  422: problem('Refused; `code` says why'),
  429: problem('Too many attempts'),
} as const;
