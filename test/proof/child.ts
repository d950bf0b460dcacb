import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A process of our own that is told things and says things, a line of JSON each. */
export type Child = {
  tell(what: object): void;
  /** The next line that it says; null when it has ended. */
  next(): Promise<unknown>;
  /** SIGKILL: nothing is said and nothing tidied up. Answers once it is gone. */
  kill(): Promise<void>;
  /** Lets it end by itself, for there is nothing more to be told. */
  end(): Promise<void>;
};

/** Starts a script of this folder as a process of its own. */
export function startChild(script: string): Child {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  // It may be gone while somebody still talks to it.
  child.stdin.on('error', () => {});
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    tell: (what) => child.stdin.write(`${JSON.stringify(what)}\n`),
    async next() {
      const { done, value } = await lines.next();
      return done ? null : (JSON.parse(value) as unknown);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

/** In the child: what it is told. */
export async function* heard<T>(): AsyncGenerator<T> {
  for await (const line of createInterface(process.stdin)) yield JSON.parse(line) as T;
}

/** In the child: says a line. */
export function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
