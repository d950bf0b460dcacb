import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

type Colour = readonly [lightness: number, chroma: number, hue: number];

const css = readFileSync(path.resolve(import.meta.dirname, '../web/tokens.css'), 'utf8');
const tokens = new Map<string, { light: Colour; dark: Colour }>();
for (const [, name, light, dark] of css.matchAll(
  /--([\w-]+):\s*light-dark\(oklch\(([^)]+)\),\s*oklch\(([^)]+)\)\)/g,
)) {
  tokens.set(name!, { light: colourOf(light!), dark: colourOf(dark!) });
}

function colourOf(numbers: string): Colour {
  const [lightness, chroma, hue] = numbers.split(' ').map(Number);
  return [lightness!, chroma!, hue!];
}

/** Relative luminance of WCAG 2, by way of linear sRGB (matrices of the OKLab definition by Björn Ottosson). */
function luminance([lightness, chroma, hue]: Colour): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const [red, green, blue] = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((part) => Math.min(1, Math.max(0, part)));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(text: string, ground: string, mode: 'light' | 'dark'): number {
  const [one, other] = [luminance(tokens.get(text)![mode]), luminance(tokens.get(ground)![mode])];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

const grounds = ['page', 'surface', 'raised'];
const statuses = ['good', 'wait', 'bad', 'busy'];
const pairs: [text: string, ground: string, atLeast: number][] = [
  // The balance is read in sunlight.
  ...grounds.map((ground): [string, string, number] => ['ink', ground, 7]),
  ...['ink-soft', 'ink-faint', 'accent'].flatMap((text) =>
    grounds.map((ground): [string, string, number] => [text, ground, 4.5]),
  ),
  ...statuses.flatMap((tone): [string, string, number][] => [
    [tone, `${tone}-soft`, 4.5],
    [tone, 'surface', 4.5],
    ['ink', `${tone}-soft`, 7],
    ['ink-faint', `${tone}-soft`, 4.5],
    ['accent', `${tone}-soft`, 4.5],
  ]),
  ['accent', 'accent-soft', 4.5],
  ['ink-faint', 'accent-soft', 4.5],
  ['accent-ink', 'accent', 4.5],
  ['accent-ink', 'accent-strong', 4.5],
  ['spark-ink', 'spark', 4.5],
  // Borders of fields and marks are not text.
  ['line-strong', 'surface', 3],
  ['line-strong', 'page', 3],
];

for (const mode of ['light', 'dark'] as const) {
  test(`every text stands out from its ground when it is ${mode}`, () => {
    const faint = pairs
      .map(([text, ground, atLeast]) => ({ text, ground, atLeast, found: contrast(text, ground, mode) }))
      .filter(({ atLeast, found }) => found < atLeast);
    expect(faint).toEqual([]);
  });
}
