import { Hono } from 'hono';

import { publicKeysOf } from '../flow/signing-keys.ts';
import type { Env } from './app.ts';

/** The public keys with which anybody checks what this installation signed (JWK Set, RFC 7517), also keys of the past. */
export function publishedKeys(): Hono<Env> {
  const router = new Hono<Env>();
  router.get('/.well-known/jwks.json', (c) =>
    c.body(JSON.stringify({ keys: publicKeysOf(c.get('app').config) }), 200, {
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
    }),
  );
  return router;
}
