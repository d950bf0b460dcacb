import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { languages, type Language } from '../../web/texts/say.ts';
import { withTenant } from '../db/transact.ts';
import { whoIs, type Integrator, type SignedIn } from '../flow/sign-in.ts';
import type { KeyAbility } from '../network/api-keys.ts';
import { staffById, type StaffRole } from '../network/staff.ts';
import { languageOf } from '../notify/texts.ts';
import { refuse } from '../shared/refusal.ts';
import type { App } from '../flow/app.ts';
import type { Env } from './app.ts';
import { endWith } from './problem.ts';

/** Staff and participants have a cookie each, so that one browser can show both pages. */
export const sessionCookies = { participant: 'mitra_session', staff: 'mitra_staff_session' } as const;

/** Hands the running Mitra and the reader's language to every handler. */
export function equip(app: App): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.set('app', app);
    c.set('language', languageAsked(c));
    await next();
  };
}

/**
 * Who asks, by bearer token or session cookie; ends the request with a 401 otherwise. A request that a browser sends
 * with the cookie must come from our own pages, for other sites can make a browser send it too. API keys are told that
 * they may not: they have doors of their own.
 */
export async function signedIn(c: Context<Env>): Promise<SignedIn> {
  const by = await keyOrSignedIn(c);
  return by.kind === 'integrator' ? endWith(c, refuse('not-allowed')) : by;
}

/** Like `signedIn`, at a door that is open to API keys as well: to those that may do this. */
export async function signedInOrKey(c: Context<Env>, ability: KeyAbility): Promise<SignedIn | Integrator> {
  const by = await keyOrSignedIn(c);
  return by.kind === 'integrator' && !by.may.includes(ability) ? endWith(c, refuse('not-allowed')) : by;
}

/** Like `signedInOrKey`, where of people only the brand's own find the place. */
export async function staffOrKey(
  c: Context<Env>,
  ability: KeyAbility,
): Promise<(SignedIn & { kind: 'staff' }) | Integrator> {
  const by = await signedInOrKey(c, ability);
  return by.kind === 'participant' ? endWith(c, refuse('not-found')) : by;
}

/** The API key that asks, whatever it may do; for people the place does not exist. */
export async function keySignedIn(c: Context<Env>): Promise<Integrator> {
  const by = await keyOrSignedIn(c);
  return by.kind === 'integrator' ? by : endWith(c, refuse('not-found'));
}

/** Who asks, a person or a system, whatever they may do; ends the request with a 401 otherwise. */
export async function keyOrSignedIn(c: Context<Env>): Promise<SignedIn | Integrator> {
  const token = tokenOf(c);
  const by = token ? await whoIs(c.get('app'), token) : null;
  if (token && by) c.get('rates').know(token, by);
  else if (token) c.get('rates').forget(token);
  if (!by) return endWith(c, refuse('not-signed-in'));
  if (!bearerOf(c) && isUnsafe(c.req.method) && !isSameOrigin(c)) return endWith(c, refuse('not-allowed'));
  return by;
}

/** Like `signedIn`, for what only the brand's own people may do; for others the place does not exist. */
export async function staffSignedIn(c: Context<Env>): Promise<SignedIn & { kind: 'staff' }> {
  const by = await signedIn(c);
  return by.kind === 'staff' ? by : endWith(c, refuse('not-found'));
}

/** Like `staffSignedIn`, for people in one of these roles; others of the brand's own people are told that they may not. */
export async function staffInRole(
  c: Context<Env>,
  roles: readonly StaffRole[],
): Promise<SignedIn & { kind: 'staff' }> {
  const by = await staffSignedIn(c);
  return inRole(c, by, roles);
}

/** Like `staffInRole`, at a door that is open to API keys that may do this. */
export async function staffInRoleOrKey(
  c: Context<Env>,
  roles: readonly StaffRole[],
  ability: KeyAbility,
): Promise<(SignedIn & { kind: 'staff' }) | Integrator> {
  const by = await staffOrKey(c, ability);
  return by.kind === 'integrator' ? by : inRole(c, by, roles);
}

async function inRole<By extends SignedIn & { kind: 'staff' }>(
  c: Context<Env>,
  by: By,
  roles: readonly StaffRole[],
): Promise<By> {
  const person = await withTenant(c.get('app').db, by.tenant, (tx) => staffById(tx, by.id));
  return person && roles.includes(person.role) ? by : endWith(c, refuse('not-allowed'));
}

/** Who lets other systems in. */
export const managers: readonly StaffRole[] = ['manager'];

/** Who may move units by hand or for another system. */
export const movers: readonly StaffRole[] = ['manager', 'operator'];

/** Who sees and closes the books, and acts on many transfers at once. */
export const bookkeepers: readonly StaffRole[] = ['manager', 'controller'];

/** Like `signedIn`, for what only somebody in the channel can do. */
export async function participantSignedIn(c: Context<Env>): Promise<SignedIn & { kind: 'participant' }> {
  const by = await signedIn(c);
  return by.kind === 'participant' ? by : endWith(c, refuse('not-allowed'));
}

/** The token of the request: from the header, else from the cookie of the page that asks, else from the other one. */
export function tokenOf(c: Context<Env>): string | undefined {
  const { participant, staff } = sessionCookies;
  const [own, other] = isFromAdmin(c) ? [staff, participant] : [participant, staff];
  return bearerOf(c) ?? getCookie(c, own) ?? getCookie(c, other);
}

function isFromAdmin(c: Context<Env>): boolean {
  const page = c.req.header('referer') ?? '';
  return URL.canParse(page) && new URL(page).pathname.startsWith('/admin');
}

function bearerOf(c: Context<Env>): string | undefined {
  return /^Bearer ([\w.-]{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

const isUnsafe = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

function isSameOrigin(c: Context<Env>): boolean {
  const origin = c.req.header('origin');
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === c.req.header('host');
}

// `?lang=` wins, then the browser's wish; a person's own language is the client's to send along.
function languageAsked(c: Context<Env>): Language {
  const asked = [c.req.query('lang'), ...(c.req.header('accept-language') ?? '').split(',')];
  const tags = asked.flatMap((tag) =>
    tag ? [tag.split(';')[0]!.trim().toLowerCase().split(/[-_]/)[0]!] : [],
  );
  return languageOf(tags.find((tag) => tag in languages) ?? 'en');
}
