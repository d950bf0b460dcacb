import { bodyLimit } from 'hono/body-limit';
import { pictureBytesMax } from '../evidence/picture.ts';
import { refuse } from '../shared/refusal.ts';
import type { MiddlewareHandler } from 'hono';
import type { Env } from './app.ts';
import { answerProblem } from './problem.ts';

/** A form around a picture adds its fields and boundaries. */
const formExtraBytes = 64 * 1024;
const jsonBytesMax = 1024 * 1024;
/** A whole programme: some hundred rules with their texts in six languages. */
const programmeBytesMax = 8 * 1024 * 1024;

const forPictures = limit(pictureBytesMax + formExtraBytes);
const forJson = limit(jsonBytesMax);
const forProgrammes = limit(programmeBytesMax);

/** Ends a request that is too long with 413 while it is being read, whether or not it declared its length. */
export const bodyLimited: MiddlewareHandler<Env> = (c, next) => {
  if (c.req.header('content-type')?.startsWith('multipart/form-data')) return forPictures(c, next);
  return /\/programme\/(?:documents|plan)$/.test(c.req.path) ? forProgrammes(c, next) : forJson(c, next);
};

function limit(maxSize: number): MiddlewareHandler<Env> {
  return bodyLimit({
    maxSize,
    onError: (c) => answerProblem(c, refuse('picture-too-large', { bytesMax: maxSize })),
  });
}
