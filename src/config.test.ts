import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, test } from 'vitest';

import { readConfig, secretOf, settings } from './config.ts';

test('nothing is required, and an empty variable counts as absent', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({
    databaseUrl: null,
    dataFolder: path.resolve('.mitra'),
    host: '127.0.0.1',
    port: 4180,
    demo: false,
    secret: null,
    objectStoreUrl: null,
  });
});

test.each([
  [{ PORT: '80a' }, 'PORT is "80a"; it must be a whole number from 0 to 65535.'],
  [{ PORT: '70000' }, 'PORT is "70000"'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud"; it must be one of trace, debug'],
  [{ DATABASE_URL: 'mysql://host/db' }, 'DATABASE_URL must look like postgres://'],
  [{ DATABASE_APP_URL: 'host' }, 'DATABASE_APP_URL must look like postgres://'],
  [{ MITRA_SECRET: 'short' }, 'MITRA_SECRET has 5 characters'],
  [{ NODE_ENV: 'production' }, 'MITRA_SECRET must be set where NODE_ENV is production'],
  [
    { NODE_ENV: 'production', MITRA_SECRET: 'x'.repeat(32), MITRA_DEMO: '1' },
    'MITRA_DEMO shows sign-in codes',
  ],
])('%o is refused in words', (env, words) => {
  expect(() => readConfig(env)).toThrow(words);
});

test('each variable is described once', () => {
  expect(new Set(settings.map((setting) => setting.name)).size).toBe(settings.length);
  for (const setting of settings) expect(setting.doc).not.toBe('');
});

test('without MITRA_SECRET one is generated, kept, and readable by its owner only', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-config-'));
  try {
    const config = readConfig({ MITRA_DATA: folder });
    const secret = secretOf(config);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(secretOf(config)).toBe(secret);
    expect(statSync(path.join(folder, 'secret')).mode & 0o777).toBe(0o600);
    expect(secretOf({ ...config, secret: 'given' })).toBe('given');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
