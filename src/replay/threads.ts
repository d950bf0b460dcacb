import { Worker } from 'node:worker_threads';

import type { Runner } from './merge.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker.ts';

/** How long a thread may take to end before it is ended by force. */
const graceMs = 5000;
/** What is evaluated is garbage at once: with more room for it, it is collected a fraction as often. */
const maxYoungGenerationSizeMb = 64;

/** A part that runs in a thread of its own. */
export function startThread(start: WorkerStart): { runner: Runner; end(): Promise<void> } {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: start,
    resourceLimits: { maxYoungGenerationSizeMb },
  });
  const waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];
  let failed: Error | null = null;
  const fail = (error: Error) => {
    failed = error;
    for (const call of waiting.splice(0)) call.reject(error);
  };
  worker.on('message', (message: FromWorker) => {
    if ('problem' in message) fail(new Error(message.problem));
    else waiting.shift()?.resolve(message.answer);
  });
  worker.on('error', fail);
  const ended = new Promise<void>((resolve) =>
    worker.once('exit', () => {
      fail(new Error('a thread of the replay has ended'));
      resolve();
    }),
  );
  const ask = <Answer>(call: keyof Runner, ...args: unknown[]): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (failed) {
        reject(failed);
        return;
      }
      waiting.push({ resolve: resolve as (answer: unknown) => void, reject });
      worker.postMessage({ call, args } satisfies ToWorker);
    });
  const runner: Runner = {
    fill: () => ask('fill'),
    measure: (until) => ask('measure', until),
    attempt: (until, shared) => ask('attempt', until, shared),
    keep: () => ask('keep'),
    forget: () => ask('forget'),
    finish: () => ask('finish'),
  };
  const end = async () => {
    worker.postMessage('end' satisfies ToWorker);
    const late = setTimeout(() => void worker.terminate(), graceMs);
    await ended;
    clearTimeout(late);
  };
  return { runner, end };
}
