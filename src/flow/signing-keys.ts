import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { ConfigProblem, keptSecret, type Config } from '../config.ts';
import { publicJwkOf, type PublicJwk } from '../shared/jws.ts';

const fileName = 'signing-key.pem';

/**
 * The key that signs: the first of MITRA_SIGNING_KEY, else of `signing-key.pem` in the data folder, which is made at first
 * need. Throws ConfigProblem for what is no Ed25519 private key.
 */
export function signingKeyOf(config: Config): KeyObject {
  const [first] = keysOf(config);
  if (first?.type !== 'private') throw new ConfigProblem(`${placeOf(config)} must begin with a private key.`);
  return first;
}

/** The public halves of every key of this installation: of the one that signs, and of those that signed before. */
export function publicKeysOf(config: Config): PublicJwk[] {
  return keysOf(config).map(publicJwkOf);
}

/** True when there is a key, so that asking for it makes none. */
export function hasSigningKey(config: Config): boolean {
  return config.signingKey !== null || existsSync(path.join(config.dataFolder, fileName));
}

/**
 * Public keys out of what somebody was given: a JWK Set, one JWK, or PEM. Throws ConfigProblem when there is none of
 * Ed25519 in it.
 */
export function readPublicKeys(text: string, place: string): PublicJwk[] {
  if (!text.trimStart().startsWith('{')) return readPem(text, place).map(publicJwkOf);
  try {
    const given = JSON.parse(text) as { keys?: unknown };
    const jwks = (given.keys ?? [given]) as { kty: string; crv: string; x: string }[];
    const own = jwks.filter(({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519');
    if (own.length > 0)
      return own.map(({ kty, crv, x }) =>
        publicJwkOf(createPublicKey({ key: { kty, crv, x }, format: 'jwk' })),
      );
  } catch {
    // Said below.
  }
  throw new ConfigProblem(`${place} holds no Ed25519 key: give a JWK Set, a JWK or PEM.`);
}

function keysOf(config: Config): KeyObject[] {
  const text = config.signingKey ?? keptSecret(config.dataFolder, fileName, newPem);
  // A variable in a file of settings has its line ends written out.
  return readPem(text.replaceAll('\\n', '\n'), placeOf(config));
}

function newPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}

function placeOf(config: Config): string {
  return config.signingKey === null ? path.join(config.dataFolder, fileName) : 'MITRA_SIGNING_KEY';
}

function readPem(text: string, place: string): KeyObject[] {
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g) ?? [];
  const keys = blocks.map((block) => {
    try {
      return block.includes('PRIVATE') ? createPrivateKey(block) : createPublicKey(block);
    } catch {
      throw new ConfigProblem(`${place} holds a PEM block that is no key.`);
    }
  });
  if (keys.length === 0 || keys.some((key) => key.asymmetricKeyType !== 'ed25519'))
    throw new ConfigProblem(`${place} must hold Ed25519 keys as PEM: openssl genpkey -algorithm ed25519`);
  return keys;
}
