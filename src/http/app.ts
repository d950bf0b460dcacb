import { OpenAPIHono } from '@hono/zod-openapi';
import type { App } from '../flow/app.ts';
import type { Language } from '../../web/texts/say.ts';
import { refuse } from '../shared/refusal.ts';
import { answerProblem } from './problem.ts';

/** What each request carries: the running Mitra and the reader's language. */
export type Env = { Variables: { app: App; language: Language } };

/** A router whose bodies, queries and paths are checked by their schemas; what does not fit is a 422 that says where. */
export function newRouter(): OpenAPIHono<Env> {
  return new OpenAPIHono<Env>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const issue = result.error.issues[0];
      const facts = { field: issue?.path.join('.') ?? '', problem: issue?.message ?? '' };
      return answerProblem(c, refuse('bad-request', facts));
    },
  });
}
