import * as world from '../demo/world.ts';
import { api } from '../src/http/api.ts';
import type { App } from '../src/flow/app.ts';

type Options = { as?: string; method?: string; headers?: Record<string, string>; body?: unknown };

/** Asks the API without a socket, as one of the demo's people. Paths without a slash are below `/api/v1/`. */
export type Client = {
  ask(where: string, options?: Options): Promise<Response>;
  /** Signs people of the demo world in, by their codes; `ask` takes these as `as`. */
  signIn(...codes: string[]): Promise<void>;
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

  async function signIn(...codes: string[]): Promise<void> {
    for (const code of codes) await signInOne(code);
  }

  async function signInOne(name: string): Promise<void> {
    const handle = handleOf(name);
    const asked = await ask('auth/otp', { method: 'POST', body: handle });
    const { demoCode } = (await asked.json()) as { demoCode: string };
    const session = await ask('auth/sessions', { method: 'POST', body: { ...handle, code: demoCode } });
    tokens[name] = ((await session.json()) as { token: string }).token;
  }

  const keep = (name: string, token: string) => void (tokens[name] = token);

  return { ask, signIn, keep, cookieOf: (name) => `mitra_session=${tokens[name]}` };
}

/** How somebody of the demo world signs in. */
function handleOf(code: string): Record<string, string> {
  const staff = [...world.staff, ...world.otherWorld.staff].find((one) => one.code === code);
  const person = [...world.participants, ...world.otherWorld.participants].find((one) => one.code === code);
  const isOther = [...world.otherWorld.staff, ...world.otherWorld.participants].some(
    (one) => one.code === code,
  );
  const tenant = isOther ? { tenant: world.other.code } : {};
  if (staff) return { ...tenant, email: staff.email };
  if (!person?.phone) throw new Error(`nobody signs in as ${code}`);
  return { ...tenant, phone: person.phone };
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
