import { secretOf } from '../config.ts';
import { findTenant, oldestTenant } from '../db/directory.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import {
  closeSession,
  issueCode,
  openSession,
  sessionSubjects,
  takeCode,
  type Subject,
} from '../network/access.ts';
import { keyHolders, tenantOfKey, type KeyHolder } from '../network/api-keys.ts';
import { participantByPhone } from '../network/participants.ts';
import { staffByEmail } from '../network/staff.ts';
import { gatherByName } from '../shared/gather.ts';
import { isId, type TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { App } from './app.ts';

/** How somebody is known at sign-in: people of the channel by phone, the brand's own by e-mail. */
export type Handle = { tenant?: string; phone: string } | { tenant?: string; email: string };

/** In demo mode a tester signs in and out all day; elsewhere the limit of `network/access.ts` holds. */
const demoCodesMax = 200;

/**
 * Makes a one-time code. The answer is the same whether or not the person is known, so that nobody can ask who takes
 * part. `demoCode` is there in demo mode only, where the code is shown on the screen instead of being sent.
 */
export async function askForCode(
  app: App,
  handle: Handle,
): Promise<{ ok: true; demoCode: string | null } | Refused<'too-many-requests'>> {
  const tenant = await tenantOf(app, handle);
  if (!tenant) return { ok: true, demoCode: null };
  return withTenant(app.db, tenant, async (tx) => {
    const subject = await subjectOf(tx, handle);
    if (!subject) return { ok: true, demoCode: null };
    const most = app.config.demo ? demoCodesMax : undefined;
    const issued = await issueCode(tx, subject, secretOf(app.config), app.now(), most);
    if (!issued.ok) return issued;
    return { ok: true, demoCode: app.config.demo ? issued.code : null };
  });
}

/** Opens a session for the code. An unknown person gets the same refusal as a wrong code. */
export async function signIn(
  app: App,
  handle: Handle,
  code: string,
): Promise<{ ok: true; token: string; expiresAt: Date } | Refused<'wrong-code' | 'code-locked'>> {
  const tenant = await tenantOf(app, handle);
  if (!tenant) return refuse('wrong-code');
  // The refusal commits: a wrong try must be counted.
  return withTenant(app.db, tenant, async (tx) => {
    const subject = await subjectOf(tx, handle);
    if (!subject) return refuse('wrong-code');
    const taken = await takeCode(tx, subject, code, secretOf(app.config), app.now());
    if (!taken.ok) return taken;
    return { ok: true as const, ...(await openSession(tx, subject, app.now())) };
  });
}

export type SignedIn = Subject & { tenant: TenantId };

/** A system that asks by itself, with an API key. */
export type Integrator = KeyHolder & { kind: 'integrator'; tenant: TenantId };

/**
 * Who the token or API key belongs to, or null when it is unknown, over, revoked or nothing of the kind. Every request
 * asks, so those that ask at the same time are answered together.
 */
export async function whoIs(app: App, token: string): Promise<SignedIn | Integrator | null> {
  const asker = askers.get(app.db) ?? openAsker(app);
  const ofKey = tenantOfKey(token);
  if (ofKey) {
    const holder = await asker.holder(ofKey, token);
    return holder && { ...holder, kind: 'integrator', tenant: ofKey };
  }
  const tenant = token.split('.')[0];
  if (!isId<TenantId>(tenant)) return null;
  const subject = await asker.subject(tenant, token);
  return subject && { ...subject, tenant };
}

type Asker = {
  subject: (tenant: string, token: string) => Promise<Subject | null>;
  holder: (tenant: string, key: string) => Promise<KeyHolder | null>;
};
const askers = new WeakMap<App['db'], Asker>();

function openAsker(app: App): Asker {
  const together = <Found>(find: (tx: Tx, texts: string[], at: Date) => Promise<Found[]>) =>
    gatherByName((tenant, texts: string[]) =>
      withTenant(app.db, tenant as TenantId, (tx) => find(tx, texts, app.now())),
    );
  const asker = { subject: together(sessionSubjects), holder: together(keyHolders) };
  askers.set(app.db, asker);
  return asker;
}

/** Ends the session. */
export async function signOut(app: App, by: SignedIn, token: string): Promise<void> {
  await withTenant(app.db, by.tenant, (tx) => closeSession(tx, token, app.now()));
}

async function tenantOf(app: App, handle: Handle): Promise<TenantId | null> {
  if (handle.tenant) return (await findTenant(app.db, handle.tenant))?.tenant ?? null;
  // An installation with one tenant needs no name; one that is made later changes nothing for those who never gave one.
  return (await oldestTenant(app.db))?.tenant ?? null;
}

async function subjectOf(tx: Tx, handle: Handle): Promise<Subject | null> {
  if ('phone' in handle) {
    const participant = await participantByPhone(tx, handle.phone);
    return participant && { kind: 'participant', id: participant.id };
  }
  const staff = await staffByEmail(tx, handle.email);
  return staff && { kind: 'staff', id: staff.id };
}
