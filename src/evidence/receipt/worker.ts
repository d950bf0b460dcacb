import { parentPort } from 'node:worker_threads';
import { loadEngine } from './engine/load.ts';
import { extractReading } from './extract.ts';
import type { FromWorker, ToWorker } from './pool.ts';
import { readLines } from './read-lines.ts';

// The thread of the pool in which pictures are read: it loads the networks once and answers one picture at a time.
const port = parentPort!;
const engine = loadEngine();

port.on('message', async (message: ToWorker) => {
  // Asked between two pictures: the thread ends by itself once nothing listens any more.
  if (message === 'end') port.close();
  else port.postMessage(await answer(message));
});

async function answer({ picture, locale }: Exclude<ToWorker, 'end'>): Promise<FromWorker> {
  try {
    const page = await readLines(await engine, picture);
    return { reading: extractReading(page, locale) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
