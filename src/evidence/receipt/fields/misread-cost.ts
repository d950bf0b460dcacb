// Letters that a recogniser takes for one another; their exchange costs less than that of others.
const alike = [
  'O0DQUC',
  'I1LTJ!|',
  'S5',
  'B83E',
  'Z2',
  'G6C',
  'A4',
  'MNHW',
  'VYU',
  'EFB',
  'RKP',
  'HKR',
  'PF',
];
export const alikeCost = 0.4;
export const gapCost = 0.9;
// A digit is never one letter too many: `7/4Kawasan` holds a house number.
const digitGapCost = 3;

const costs = new Map<string, number>();
for (const group of alike)
  for (const a of group) for (const b of group) if (a !== b) costs.set(a + b, alikeCost);

/**
 * What it costs to have read `known` as `read` (upper case both): the least sum of exchanged, lost and added letters.
 * Infinite beyond `most`.
 */
export function misreadCost(read: string, known: string, most: number): number {
  if (Math.abs(known.length - read.length) * gapCost > most) return Infinity;
  let row = Array.from({ length: known.length + 1 }, (_, j) => j * gapCost);
  for (let i = 1; i <= read.length; i++) {
    const drop = /\d/.test(read[i - 1]!) ? digitGapCost : gapCost;
    const next = [row[0]! + drop];
    let least = next[0]!;
    for (let j = 1; j <= known.length; j++) {
      const change = read[i - 1] === known[j - 1] ? 0 : (costs.get(read[i - 1]! + known[j - 1]!) ?? 1);
      next.push(Math.min(row[j - 1]! + change, row[j]! + drop, next[j - 1]! + gapCost));
      least = Math.min(least, next[j]!);
    }
    if (least > most) return Infinity;
    row = next;
  }
  return row[known.length]! <= most + 1e-9 ? row[known.length]! : Infinity;
}

/** The most that may be misread in a word of this length before it could be another word. */
export function misreadMax(length: number): number {
  if (length <= 4) return alikeCost;
  return length < 9 ? 1.25 : 1.9;
}
