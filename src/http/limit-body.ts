import { pictureBytesMax } from '../evidence/picture.ts';
import { refuse, type RefusalCode } from '../shared/refusal.ts';
import type { MiddlewareHandler } from 'hono';
import type { Env } from './app.ts';
import { answerProblem } from './problem.ts';

/** A form around a picture adds its fields and boundaries. */
const formExtraBytes = 64 * 1024;
const jsonBytesMax = 1024 * 1024;
/** A whole programme: some hundred rules with their texts in six languages. */
const programmeBytesMax = 8 * 1024 * 1024;

const forPictures = limit(pictureBytesMax + formExtraBytes, 'picture-too-large');
const forJson = limit(jsonBytesMax);
const forProgrammes = limit(programmeBytesMax);

/** Ends a request that is too long with 413 while it is being read, whether or not it declared its length. */
export const bodyLimited: MiddlewareHandler<Env> = (c, next) => {
  if (c.req.header('content-type')?.startsWith('multipart/form-data')) return forPictures(c, next);
  return /\/programme\/(?:documents|plan)$/.test(c.req.path) ? forProgrammes(c, next) : forJson(c, next);
};

// Hono's own middleware makes a new request of the old one, which the requests of a real server do not allow.
function limit(maxSize: number, refusal: RefusalCode = 'request-too-large'): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { raw } = c.req;
    if (!raw.body) return next();
    const isDeclared = raw.headers.has('content-length') && !raw.headers.has('transfer-encoding');
    const length = isDeclared ? Number(raw.headers.get('content-length')) : null;
    const body = length === null ? await readAtMost(raw.body, maxSize) : null;
    if (length === null ? body === null : length > maxSize)
      return answerProblem(c, refuse(refusal, { bytesMax: maxSize }));
    const { url, method, headers } = raw;
    if (body) c.req.raw = new Request(url, { method, headers, ...(body.length > 0 && { body }) });
    return next();
  };
}

/** The whole body, or null as soon as it is longer. */
async function readAtMost(
  body: ReadableStream<Uint8Array>,
  maxSize: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body.values({ preventCancel: true })) {
    size += chunk.length;
    if (size > maxSize) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
