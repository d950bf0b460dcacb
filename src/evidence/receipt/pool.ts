import { Worker } from 'node:worker_threads';
import type { Locale, Reading } from './reading.ts';

/** A stored picture, and the same in all its pixels where the stored one is smaller than what was received. */
export type StoredPicture = { stored: Uint8Array; detail: Uint8Array | null };

/** Reads receipts in threads of their own, so that the server stays quick meanwhile. */
export type ReceiptPool = {
  /**
   * Reads one picture; waits for a free thread. Rejects when the picture cannot be read, takes too long or ends its
   * thread (which is replaced: other pictures do not notice), when the queue is full, and when the pool is closed.
   */
  read(picture: StoredPicture, locale: Locale): Promise<Reading>;
  /** Reads nothing more: waiting and running pictures are rejected, and the threads end with what they are reading. */
  close(): Promise<void>;
};

export type PoolOptions = {
  /** Threads, each with the networks in memory and one picture at a time. */
  workers?: number;
  /** Longest time for one picture, loading the networks included. */
  timeoutS?: number;
  /** How long a thread that is given up may take to come to its end, before it is ended by force. */
  graceS?: number;
  /** Most pictures that may wait. */
  queueMax?: number;
  /** The program of the threads. */
  program?: URL;
};

/** A picture to read, or the request to end once nothing is being read. */
export type ToWorker = { picture: StoredPicture; locale: Locale } | 'end';
export type FromWorker = { reading: Reading } | { problem: string };

type Job = Exclude<ToWorker, 'end'> & { resolve: (reading: Reading) => void; reject: (error: Error) => void };
type Slot = { worker: Worker | null; job: Job | null; late?: NodeJS.Timeout };

// A thread is asked to end: to force it while the networks' native code runs ends the whole process. Force is for what
// hangs, and does not keep the process waiting.
function retire(worker: Worker, graceS: number): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.postMessage('end' satisfies ToWorker);
  const late = setTimeout(() => void worker.terminate(), graceS * 1000);
  late.unref();
  return ended.then(() => clearTimeout(late));
}

function free(slot: Slot): Job | null {
  const { job } = slot;
  clearTimeout(slot.late);
  slot.job = null;
  return job;
}

// JavaScript heap of one thread; pixels and tensors live outside of it.
const heapMaxMb = 256;

const closedError = () => new Error('the pool of reading threads is closed');

/** Rejects what the thread reads and lets it come to its end. */
async function empty(slot: Slot, graceS: number): Promise<void> {
  free(slot)?.reject(closedError());
  const { worker } = slot;
  slot.worker = null;
  if (worker) await retire(worker, graceS);
}

/** Opens a pool; its threads start with the first pictures. */
export function createPool(options: PoolOptions = {}): ReceiptPool {
  const { workers = 1, timeoutS = 60, graceS = 60, queueMax = 1000 } = options;
  const program = options.program ?? new URL('worker.ts', import.meta.url);
  const slots: Slot[] = Array.from({ length: workers }, () => ({ worker: null, job: null }));
  const queue: Job[] = [];
  let closed = false;

  function work(): void {
    for (const slot of slots) {
      if (slot.job || queue.length === 0) continue;
      slot.job = queue.shift()!;
      run(slot, slot.job);
    }
  }

  function run(slot: Slot, job: Job): void {
    const worker = (slot.worker ??= start(slot));
    slot.late = setTimeout(() => {
      fail(slot, worker, new Error(`reading the picture took longer than ${timeoutS} s`));
      void retire(worker, graceS);
    }, timeoutS * 1000);
    worker.postMessage({ picture: job.picture, locale: job.locale } satisfies ToWorker, []);
  }

  function start(slot: Slot): Worker {
    const worker = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: heapMaxMb } });
    worker.on('message', (answer: FromWorker) => settle(slot, worker, answer));
    worker.on('error', (error) => fail(slot, worker, error));
    worker.on('exit', (code) => fail(slot, worker, new Error(`the reading thread ended with code ${code}`)));
    return worker;
  }

  function settle(slot: Slot, worker: Worker, answer: FromWorker): void {
    if (slot.worker !== worker) return;
    const job = free(slot);
    if ('reading' in answer) job?.resolve(answer.reading);
    else job?.reject(new Error(answer.problem));
    work();
  }

  /** Gives up a worker and its picture; the slot gets a new worker with its next picture. */
  function fail(slot: Slot, worker: Worker, error: Error): void {
    if (slot.worker !== worker) return;
    slot.worker = null;
    free(slot)?.reject(error);
    work();
  }

  return {
    read(picture, locale) {
      if (closed) return Promise.reject(closedError());
      if (queue.length >= queueMax)
        return Promise.reject(new Error(`${queue.length} pictures wait to be read, no more can wait`));
      return new Promise((resolve, reject) => {
        queue.push({ picture, locale, resolve, reject });
        work();
      });
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.reject(closedError());
      await Promise.all(slots.map((slot) => empty(slot, graceS)));
    },
  };
}
