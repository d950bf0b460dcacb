// A process of the application with eight writers. Each posts one command after the other and says so when it was
// acknowledged; what was not, for whatever reason, it asks for again, as a phone would.
import { setTimeout as sleep } from 'node:timers/promises';

import { connectTo, type Logins } from '../../src/db/open.ts';
import { withTenant } from '../../src/db/transact.ts';
import { openPoster, post } from '../../src/ledger/post.ts';
import { codesOf } from '../book.ts';
import { heard, say } from './child.ts';
import { legsOf, type Crowd } from './crowd.ts';

/** `done`: how many commands of each writer were acknowledged before. */
export type Write = { logins: Logins; crowd: Crowd; done: number[] };
/** `codes`: the answers that were not expected. */
export type Acknowledged = { writer: number; command: number; codes: string[] };

const end = new AbortController();
let writing: Promise<void> | undefined;

async function write({ logins, crowd, done }: Write): Promise<void> {
  const db = connectTo(logins, 8, () => {});
  const now = () => new Date();
  const poster = openPoster(db, crowd.tenant, now);
  const writeOn = async (writer: number) => {
    // Half of them are gathered, half in transactions of their own.
    const send: typeof poster =
      writer % 2 === 0 ? poster : (legs) => withTenant(db, crowd.tenant, (tx) => post(tx, legs, now()));
    for (let command = done[writer]! + 1; !end.signal.aborted; command++) {
      const codes = codesOf(await insist(() => send(legsOf(crowd, writer, command))));
      const odd = codes.filter((code) => code !== 'ok' && code !== 'replayed');
      say({ writer, command, codes: odd } satisfies Acknowledged);
    }
  };
  await Promise.all(done.map((_, writer) => writeOn(writer)));
  await db.close();
}

async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await sleep(10);
    }
  }
}

for await (const given of heard<Write>()) writing = write(given);
end.abort();
// Nobody is left to wait for a database that does not come back.
setTimeout(() => process.exit(1), 20_000).unref();
await writing;
