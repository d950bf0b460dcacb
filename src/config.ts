import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A setting that cannot be used, in words for the person who set it. */
export class ConfigProblem extends Error {}

type Setting = { name: string; fallback: string; unit: string; doc: string };

/** Every environment variable of the product: what it means, its unit, and what holds when it is absent. */
export const settings = [
  {
    name: 'DATABASE_URL',
    fallback: '',
    unit: 'postgres:// address',
    doc: 'your own PostgreSQL 15 to 18; its role sets up the database and is never used to serve. Absent: the embedded server',
  },
  {
    name: 'DATABASE_APP_URL',
    fallback: '',
    unit: 'postgres:// address',
    doc: 'the role mitra_app, where DATABASE_URL may not create roles itself',
  },
  {
    name: 'DATABASE_WORKER_URL',
    fallback: '',
    unit: 'postgres:// address',
    doc: 'the role mitra_worker, where DATABASE_URL may not create roles itself',
  },
  {
    name: 'DATABASE_POOL_MAX',
    fallback: '10',
    unit: 'connections',
    doc: 'most connections per role and process',
  },
  {
    name: 'MITRA_DATA',
    fallback: '.mitra',
    unit: 'folder',
    doc: 'the data folder: embedded database, pictures, generated secrets',
  },
  {
    name: 'HOST',
    fallback: '127.0.0.1',
    unit: 'address',
    doc: 'where the web server listens; 0.0.0.0 for every network',
  },
  {
    name: 'PORT',
    fallback: '4180',
    unit: 'TCP port',
    doc: 'where the web server listens; 0 takes a free one',
  },
  {
    name: 'MITRA_SECRET',
    fallback: '',
    unit: '32 or more characters',
    doc: 'seals sessions, codes and role passwords. Absent: generated and kept in the data folder; must be set where NODE_ENV is production',
  },
  {
    name: 'MITRA_SIGNING_KEY',
    fallback: '',
    unit: 'PEM text',
    doc: 'Ed25519 private key that signs statements; further PEM blocks, private or public, stay published after a change of keys. Absent: generated and kept in the data folder; set it where processes share no data folder, or where that does not last',
  },
  {
    name: 'MITRA_DEMO',
    fallback: '0',
    unit: '0 or 1',
    doc: 'demo mode: sign-in codes are shown on the screen',
  },
  {
    name: 'OBJECT_STORE_URL',
    fallback: '',
    unit: 'https:// address',
    doc: 'https://KEY:SECRET@host/bucket?region=eu-central-1, any S3-compatible store for pictures. Absent: a folder in the data folder',
  },
  {
    name: 'MITRA_READERS',
    fallback: '1',
    unit: 'threads',
    doc: 'receipts read at the same time in one process; each takes about one core and 400 MB',
  },
  {
    name: 'MITRA_RATE_KEY',
    fallback: '500',
    unit: 'requests a second',
    doc: 'most for one API key in one process, ten seconds’ worth of it at once; beyond it the answer is 429. 0: no limit',
  },
  {
    name: 'MITRA_RATE_PERSON',
    fallback: '100',
    unit: 'requests a second',
    doc: 'the same for one person who is signed in',
  },
  {
    name: 'MITRA_RATE_ADDRESS',
    fallback: '50',
    unit: 'requests a second',
    doc: 'the same for one address, or IPv6 network, of all requests by nobody who is known',
  },
  {
    name: 'MITRA_PROXIES',
    fallback: '0',
    unit: 'proxies',
    doc: 'proxies of your own in front, which add to X-Forwarded-For; with 0 that header is not believed',
  },
  {
    name: 'LOG_LEVEL',
    fallback: 'info',
    unit: 'trace debug info warn error silent',
    doc: 'how much is logged',
  },
  {
    name: 'MITRA_SAMPLES',
    fallback: '../shared/data',
    unit: 'folder',
    doc: 'labelled samples that tests and benchmarks use where they are present',
  },
  {
    name: 'CHROME_PATH',
    fallback: '',
    unit: 'file',
    doc: 'the browser for browser tests. Absent: a system Chromium or Chrome, else the one of @sparticuz/chromium',
  },
  {
    name: 'NODE_ENV',
    fallback: '',
    unit: '',
    doc: 'production refuses a generated MITRA_SECRET and demo mode',
  },
] as const satisfies readonly Setting[];

type Name = (typeof settings)[number]['name'];

export type Config = {
  databaseUrl: string | null;
  databaseAppUrl: string | null;
  databaseWorkerUrl: string | null;
  databasePoolMax: number;
  /** Absolute path. */
  dataFolder: string;
  host: string;
  port: number;
  /** Null: read it with `secretOf`, which keeps a generated one in the data folder. */
  secret: string | null;
  /** Null: read it with `signingKeysOf` (src/flow/signing-keys.ts), which keeps a generated one in the data folder. */
  signingKey: string | null;
  demo: boolean;
  objectStoreUrl: string | null;
  /** Threads that read receipts. */
  readers: number;
  /** Requests a second; 0: no limit. */
  rates: { perKey: number; perPerson: number; perAddress: number };
  /** Proxies of one's own in front of the web server. */
  proxies: number;
  logLevel: LogLevel;
  /** Absolute path. */
  samplesFolder: string;
  chromePath: string | null;
};

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Reads the environment once. Throws ConfigProblem with a sentence that says which variable is wrong and how. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const read = (name: Name): string =>
    env[name] || settings.find((setting) => setting.name === name)!.fallback;
  const production = read('NODE_ENV') === 'production';
  const config: Config = {
    databaseUrl: postgresUrl('DATABASE_URL', read('DATABASE_URL')),
    databaseAppUrl: postgresUrl('DATABASE_APP_URL', read('DATABASE_APP_URL')),
    databaseWorkerUrl: postgresUrl('DATABASE_WORKER_URL', read('DATABASE_WORKER_URL')),
    databasePoolMax: integer('DATABASE_POOL_MAX', read('DATABASE_POOL_MAX'), 2, 1000),
    dataFolder: path.resolve(read('MITRA_DATA')),
    host: read('HOST'),
    port: integer('PORT', read('PORT'), 0, 65_535),
    secret: read('MITRA_SECRET') || null,
    signingKey: read('MITRA_SIGNING_KEY') || null,
    demo: integer('MITRA_DEMO', read('MITRA_DEMO'), 0, 1) === 1,
    objectStoreUrl: read('OBJECT_STORE_URL') || null,
    readers: integer('MITRA_READERS', read('MITRA_READERS'), 1, 64),
    rates: {
      perKey: integer('MITRA_RATE_KEY', read('MITRA_RATE_KEY'), 0, 1_000_000),
      perPerson: integer('MITRA_RATE_PERSON', read('MITRA_RATE_PERSON'), 0, 1_000_000),
      perAddress: integer('MITRA_RATE_ADDRESS', read('MITRA_RATE_ADDRESS'), 0, 1_000_000),
    },
    proxies: integer('MITRA_PROXIES', read('MITRA_PROXIES'), 0, 10),
    logLevel: oneOf('LOG_LEVEL', read('LOG_LEVEL'), logLevels),
    samplesFolder: path.resolve(read('MITRA_SAMPLES')),
    chromePath: read('CHROME_PATH') || null,
  };
  if (config.secret !== null && config.secret.length < 32)
    throw new ConfigProblem(
      `MITRA_SECRET has ${config.secret.length} characters; give it 32 or more random ones.`,
    );
  if (production && config.secret === null)
    throw new ConfigProblem(
      'MITRA_SECRET must be set where NODE_ENV is production: 32 or more random characters.',
    );
  if (production && config.demo)
    throw new ConfigProblem(
      'MITRA_DEMO shows sign-in codes to anybody; it cannot be 1 where NODE_ENV is production.',
    );
  return config;
}

/** The master secret: MITRA_SECRET, else one generated at first use and kept in the data folder, readable by its owner only. */
export function secretOf(config: Config): string {
  if (config.secret !== null) return config.secret;
  return keptSecret(config.dataFolder, 'secret');
}

/** A secret kept in a file of the folder with mode 600: made once, at random unless said otherwise, and the same ever after. */
export function keptSecret(
  folder: string,
  name: string,
  make: () => string = () => randomBytes(32).toString('hex'),
): string {
  const file = path.join(folder, name);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) {
    // Written beside and linked: of two processes that start at once, both end with the first one's whole secret.
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, `${make()}\n`, { mode: 0o600 });
    try {
      linkSync(fresh, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(fresh, { force: true });
    }
  }
  return readFileSync(file, 'utf8').trim();
}

function integer(name: Name, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new ConfigProblem(`${name} is "${text}"; it must be a whole number from ${min} to ${max}.`);
  return value;
}

function oneOf<T extends string>(name: Name, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text);
  if (found === undefined)
    throw new ConfigProblem(`${name} is "${text}"; it must be one of ${allowed.join(', ')}.`);
  return found;
}

function postgresUrl(name: Name, text: string): string | null {
  if (text === '') return null;
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol !== 'postgres:' && protocol !== 'postgresql:')
    throw new ConfigProblem(`${name} must look like postgres://user:password@host:5432/database.`);
  return text;
}
