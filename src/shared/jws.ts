import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** A public Ed25519 key as RFC 7517 and RFC 8037 write it; `kid` is its thumbprint (RFC 7638). */
export type PublicJwk = { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; use: 'sig'; alg: 'EdDSA' };

/** The public half of an Ed25519 key, whichever half is given. */
export function publicJwkOf(key: KeyObject): PublicJwk {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  // The members that RFC 8037 asks for, in the order of their names.
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }));
  return {
    kty: 'OKP',
    crv: 'Ed25519',
    x: x!,
    kid: thumbprint.digest('base64url'),
    use: 'sig',
    alg: 'EdDSA',
  };
}

/** Signs a document with an Ed25519 key: a JWS in compact form (RFC 7515), `typ` says what sort of document it is. */
export function signDocument(key: KeyObject, typ: string, document: unknown): string {
  const header = { alg: 'EdDSA', kid: publicJwkOf(key).kid, typ };
  const signed = `${partOf(header)}.${partOf(document)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

function partOf(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export type SignatureProblem = 'not-signed-document' | 'other-kind' | 'unknown-key' | 'wrong-signature';

/**
 * The document that was signed, if one of the keys signed it and it is of the sort asked for. Only EdDSA is taken: what
 * the header says of other algorithms is never followed.
 */
export function readSigned(
  text: string,
  typ: string,
  keys: readonly PublicJwk[],
): { ok: true; document: unknown; kid: string } | { ok: false; problem: SignatureProblem } {
  const [head, body, signature, ...more] = text.trim().split('.');
  const header = jsonOf(head) as { alg?: unknown; kid?: unknown; typ?: unknown; crit?: unknown } | null;
  if (!header || !body || !signature || more.length > 0 || header.alg !== 'EdDSA' || 'crit' in header)
    return { ok: false, problem: 'not-signed-document' };
  if (header.typ !== typ) return { ok: false, problem: 'other-kind' };
  const jwk = keys.find(({ kid }) => kid === header.kid);
  if (!jwk) return { ok: false, problem: 'unknown-key' };
  const { kty, crv, x } = jwk;
  const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  const isRight = verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
  const document = isRight ? jsonOf(body) : null;
  return document ? { ok: true, document, kid: jwk.kid } : { ok: false, problem: 'wrong-signature' };
}

function jsonOf(part: string | undefined): object | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
