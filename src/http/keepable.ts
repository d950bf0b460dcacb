import type { MiddlewareHandler } from 'hono';
import { refuse } from '../shared/refusal.ts';
import type { Env } from './app.ts';
import { answerProblem } from './problem.ts';

// The database keeps neither a zero character nor half a surrogate pair; JSON writes both as such an escape.
const escapeOfUnkeepable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f]..)/i;
const problem = 'holds a character that cannot be kept';

/** Rows of lists are looked at one by one, so that one does not sink the others, and documents are told what is wrong where. */
const lookedAtElsewhere = /\/(?:activities|areas|partners|outlets|participants|products|rules\/validation)$/;

/** Ends a request whose query or JSON holds characters that no database keeps. */
export const keepable: MiddlewareHandler<Env> = async (c, next) => {
  for (const [field, texts] of Object.entries(c.req.queries()))
    if (texts.some((text) => text.includes('\0')))
      return answerProblem(c, refuse('bad-request', { field, problem }));
  const isJson = c.req.header('content-type')?.startsWith('application/json');
  if (isJson && !lookedAtElsewhere.test(c.req.path) && isUnkeepable(await c.req.text()))
    return answerProblem(c, refuse('bad-request', { field: '', problem }));
  return next();
};

// Whole pairs may be written as escapes too: written anew, only halves still are.
function isUnkeepable(text: string): boolean {
  if (!text.includes('\\u')) return false;
  try {
    return escapeOfUnkeepable.test(JSON.stringify(JSON.parse(text)));
  } catch {
    return false;
  }
}
