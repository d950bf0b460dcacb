import { Client, Pool, types as pgTypes, type PoolConfig } from 'pg';

const oid = { int8: 20, textArray: 1009, int8Array: 1016, date: 1082, dateArray: 1182 };
const readTextArray = pgTypes.getTypeParser(oid.textArray as never, 'text') as (
  text: string,
) => (string | null)[];

/** Amounts are bigint and days are 'YYYY-MM-DD'; neither survives the driver's own choice (string, local Date). */
const types = {
  getTypeParser(type: number, format?: 'text' | 'binary'): (text: string) => unknown {
    if (type === oid.int8) return BigInt;
    if (type === oid.date) return String;
    if (type === oid.dateArray) return readTextArray;
    if (type === oid.int8Array)
      return (text) => readTextArray(text).map((item) => (item === null ? null : BigInt(item)));
    return pgTypes.getTypeParser(type as never, format as 'text') as (text: string) => unknown;
  },
};

/** How one role reaches the database. */
export type Login = {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  ssl?: boolean | object;
};

/** What to know about a connection that ended by itself. */
export type OnLost = (error: Error) => void;

/**
 * A pool whose idle connections may be lost at any time without ending the process. Statements that do not wait for each
 * other may be given to one connection side by side: it sends each at once, and they are done in order.
 */
export function openPool(login: Login, max: number, onLost: OnLost): Pool {
  const config: PoolConfig & { pipeline: true } = { ...login, ...patience(), types, max, pipeline: true };
  return keepAlive(new Pool(config), onLost);
}

/** The same for a library that expects the driver's own types. */
export function openPlainPool(login: Login, max: number, onLost: OnLost): Pool {
  return keepAlive(new Pool({ ...login, ...patience(), max }), onLost);
}

function keepAlive(pool: Pool, onLost: OnLost): Pool {
  // A connection that the server ends while the pool is closing is no news.
  const lost: OnLost = (error) => {
    if (!pool.ending) onLost(error);
  };
  pool.on('error', lost);
  // One that is in use has no listener of the pool's; without any, losing it would end the process.
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

function patience() {
  return {
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: `mitra ${process.pid}`,
  };
}

/** One connection outside a pool, for set-up work. The caller ends it. */
export async function openClient(login: Login, onLost: OnLost = () => {}): Promise<Client> {
  const client = new Client({
    ...login,
    types,
    connectionTimeoutMillis: 5000,
    application_name: `mitra ${process.pid}`,
  });
  // Without a listener of its own, a lost connection would end the process.
  client.on('error', onLost);
  await client.connect();
  return client;
}

/** Runs set-up work on a connection of its own and ends it in any case. */
export async function withClient<T>(login: Login, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await openClient(login);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** An address as `postgres://user:password@host:5432/database?sslmode=require`, taken apart. */
export function loginOf(url: string): Login {
  const at = new URL(url);
  const sslMode = at.searchParams.get('sslmode') ?? 'disable';
  return {
    host:
      at.searchParams.get('host') ?? decodeURIComponent(at.hostname).replace(/^\[|\]$/g, '') ?? 'localhost',
    port: Number(at.searchParams.get('port') ?? (at.port || '5432')),
    database: decodeURIComponent(at.pathname.slice(1)) || decodeURIComponent(at.username),
    user: decodeURIComponent(at.username),
    password: decodeURIComponent(at.password),
    ...(sslMode === 'disable'
      ? {}
      : { ssl: sslMode.startsWith('verify') ? true : { rejectUnauthorized: false } }),
  };
}
