import { OpenAPIHono } from '@hono/zod-openapi';
import type { Registry } from 'prom-client';
import type { App } from '../flow/app.ts';
import type { Rates } from './rates.ts';
import type { Language } from '../../web/texts/say.ts';
import { refuse } from '../shared/refusal.ts';
import { answerProblem } from './problem.ts';

/** What each request carries: the running Mitra, the reader's language, the server's metrics and limits. */
export type Env = { Variables: { app: App; language: Language; metrics: Registry; rates: Rates } };

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
