import { api } from '../src/http/api.ts';
import type { App } from '../src/flow/app.ts';

type Options = { as?: string; method?: string; headers?: Record<string, string>; body?: unknown };

/** Asks the API without a socket, as one of the demo's people. Paths without a slash are below `/api/v1/`. */
export type Client = {
  ask(where: string, options?: Options): Promise<Response>;
  /** Signs somebody in under a name that `ask` takes as `as`. */
  signIn(name: string, handle: Record<string, string>): Promise<void>;
  /** Puts a token or API key under a name that `ask` takes as `as`. */
  keep(name: string, token: string): void;
  /** The cookie of somebody who signed in. */
  cookieOf(name: string): string;
};

export function httpClient(app: App): Client {
  const server = api(app);
  const tokens: Record<string, string> = {};

  async function ask(
    where: string,
    { as, method = 'GET', headers = {}, body }: Options = {},
  ): Promise<Response> {
    const isForm = body instanceof FormData;
    return server.request(where.startsWith('/') ? where : `/api/v1/${where}`, {
      method,
      headers: {
        ...(as ? { authorization: `Bearer ${tokens[as]}` } : {}),
        ...(body !== undefined && !isForm ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  async function signIn(name: string, handle: Record<string, string>): Promise<void> {
    const asked = await ask('auth/otp', { method: 'POST', body: handle });
    const { demoCode } = (await asked.json()) as { demoCode: string };
    const session = await ask('auth/sessions', { method: 'POST', body: { ...handle, code: demoCode } });
    tokens[name] = ((await session.json()) as { token: string }).token;
  }

  const keep = (name: string, token: string) => void (tokens[name] = token);

  return { ask, signIn, keep, cookieOf: (name) => `mitra_session=${tokens[name]}` };
}

/** A form as the partner page sends it. */
export function pictureForm(
  bytes: Uint8Array,
  name = 'receipt.jpg',
  fields: Record<string, string> = {},
): FormData {
  const form = new FormData();
  form.set('photo', new File([new Uint8Array(bytes)], name));
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  return form;
}
