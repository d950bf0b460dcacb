import { createHmac, randomBytes, randomInt, timingSafeEqual, createHash } from 'node:crypto';
import type { Tx } from '../db/transact.ts';
import { newId, type Id, type ParticipantId, type StaffId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';

/** Who signs in: somebody in the channel, or one of the brand's own people. */
export type Subject = { kind: 'participant'; id: ParticipantId } | { kind: 'staff'; id: StaffId };

const minuteMs = 60_000;
/** A code lives this long, takes this many tries, and is sent this often in a quarter of an hour. */
export const codeLifeMs = 10 * minuteMs;
export const codeTriesMax = 5;
export const codesPerQuarterHourMax = 5;
/** A session ends by itself after this time. */
export const sessionLifeMs = 12 * 60 * minuteMs;

/**
 * Makes a six-digit code for the subject and keeps only its HMAC; codes made before stop working. Refuses
 * `too-many-requests` beyond `most` codes in a quarter of an hour.
 */
export async function issueCode(
  tx: Tx,
  subject: Subject,
  secret: string,
  at: Date,
  most = codesPerQuarterHourMax,
): Promise<{ ok: true; code: string } | Refused<'too-many-requests'>> {
  await lockSubject(tx, subject);
  const [counted] = await tx.query<{ recent: number }>(
    'select count(*)::int as recent from one_time_code where tenant = $1 and subject = $2 and created_at > $3',
    [tx.tenant, subject.id, new Date(at.getTime() - 15 * minuteMs)],
  );
  if (counted!.recent >= most) return refuse('too-many-requests');
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const id = newId<Id<'code'>>(at);
  await tx.query(
    'update one_time_code set expires_at = $3 where tenant = $1 and subject = $2 and expires_at > $3',
    [tx.tenant, subject.id, at],
  );
  await tx.query(
    `insert into one_time_code (tenant, id, subject, subject_kind, code_hmac, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      tx.tenant,
      id,
      subject.id,
      subject.kind,
      hmac(secret, id, code),
      at,
      new Date(at.getTime() + codeLifeMs),
    ],
  );
  return { ok: true, code };
}

// One after the other for each person: codes that are made and ended at the same time would wait for each other in a circle.
async function lockSubject(tx: Tx, { kind, id }: Subject): Promise<void> {
  const table = kind === 'staff' ? 'staff' : 'participant';
  await tx.query(`select 1 from ${table} where tenant = $1 and id = $2 for no key update`, [tx.tenant, id]);
}

/** Takes a code once. Refuses `wrong-code` (also for one that is too old) and `code-locked` after five wrong tries. */
export async function takeCode(
  tx: Tx,
  subject: Subject,
  code: string,
  secret: string,
  at: Date,
): Promise<{ ok: true } | Refused<'wrong-code' | 'code-locked'>> {
  const rows = await tx.query<{ id: Id<'code'>; code_hmac: Buffer; attempts: number }>(
    `select id, code_hmac, attempts from one_time_code
     where tenant = $1 and subject = $2 and subject_kind = $3 and expires_at > $4 order by id desc limit 1 for update`,
    [tx.tenant, subject.id, subject.kind, at],
  );
  const row = rows[0];
  if (!row) return refuse('wrong-code');
  if (row.attempts >= codeTriesMax) return refuse('code-locked');
  if (!timingSafeEqual(row.code_hmac, hmac(secret, row.id, code))) {
    await tx.query('update one_time_code set attempts = attempts + 1 where tenant = $1 and id = $2', [
      tx.tenant,
      row.id,
    ]);
    return refuse('wrong-code');
  }
  await tx.query('update one_time_code set expires_at = $3 where tenant = $1 and id = $2', [
    tx.tenant,
    row.id,
    at,
  ]);
  return { ok: true };
}

/** Opens a session and returns its token, which names the tenant so that one look-up finds both. */
export async function openSession(
  tx: Tx,
  subject: Subject,
  at: Date,
): Promise<{ token: string; expiresAt: Date }> {
  const token = `${tx.tenant}.${randomBytes(24).toString('base64url')}`;
  const expiresAt = new Date(at.getTime() + sessionLifeMs);
  await tx.query(
    `insert into session (tenant, token_hash, subject, subject_kind, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [tx.tenant, hashOf(token), subject.id, subject.kind, at, expiresAt],
  );
  return { token, expiresAt };
}

/** Whose session each token is, in order; null when it is unknown or over. */
export async function sessionSubjects(
  tx: Tx,
  tokens: readonly string[],
  at: Date,
): Promise<(Subject | null)[]> {
  const hashes = tokens.map((token) => hashOf(token).toString('hex'));
  const rows = await tx.query<{ hash: string; kind: Subject['kind']; id: string }>(
    `select encode(s.token_hash, 'hex') as hash, s.subject_kind as kind, s.subject as id from session s
     where s.tenant = $1 and s.token_hash = any($2::bytea[]) and s.expires_at > $3`,
    [tx.tenant, [...new Set(hashes)].map((hash) => `\\x${hash}`), at],
    { name: 'session-subjects' },
  );
  const subjects = new Map(rows.map(({ hash, ...subject }) => [hash, subject as Subject]));
  return hashes.map((hash) => subjects.get(hash) ?? null);
}

/** Ends the session; ending it twice is harmless. */
export async function closeSession(tx: Tx, token: string, at: Date): Promise<void> {
  await tx.query(
    'update session set expires_at = $3 where tenant = $1 and token_hash = $2 and expires_at > $3',
    [tx.tenant, hashOf(token), at],
  );
}

// A plain hash of six digits is guessed at once; the row's id as salt keeps equal codes from looking equal.
function hmac(secret: string, id: string, code: string): Buffer {
  return createHmac('sha256', secret).update(`one-time-code:${id}:${code}`).digest();
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
