import type { Quad } from '../reading.ts';

/** A line of truth: what a person read, in the same pixels as the lines found. */
export type TrueLine = { text: string; quad: Quad };

// A found line is labelled by the true lines that lie in it; when one sticks out by more than this part, by none.
const insideMin = 0.8;
// More doubt than this between what was read and the label, as a share of the letters: the wrong label.
const missMax = 0.45;

/**
 * The true text of a found line, or null where the truth does not cut the line in the same way. `read` is what the
 * network made of it: SROIE's truth is all in capitals, so the case of each letter is taken from there.
 */
export function labelLine(quad: Quad, read: string, truth: readonly TrueLine[]): string | null {
  const found = boundsOf(quad);
  const inside: { text: string; left: number }[] = [];
  for (const line of truth) {
    const box = boundsOf(line.quad);
    const tall = Math.min(found.bottom, box.bottom) - Math.max(found.top, box.top);
    if (tall < 0.5 * Math.min(found.bottom - found.top, box.bottom - box.top)) continue;
    const wide = Math.min(found.right, box.right) - Math.max(found.left, box.left);
    const part = wide / Math.max(1, box.right - box.left);
    if (part < 0.15) continue;
    if (part < insideMin) return null;
    inside.push({ text: line.text.trim(), left: box.left });
  }
  if (inside.length === 0) return null;
  const label = inside
    .sort((a, b) => a.left - b.left)
    .map(({ text }) => text)
    .join(' ');
  return withCaseOf(label, read);
}

/** The label in the case of what was read; null when the two have too little in common. */
function withCaseOf(label: string, read: string): string | null {
  const [a, b] = [[...label], [...read]];
  const same = (i: number, j: number) => a[i]!.toUpperCase() === b[j]!.toUpperCase();
  const cost = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => i + j),
  );
  for (let i = 1; i <= a.length; i += 1)
    for (let j = 1; j <= b.length; j += 1)
      cost[i]![j] = Math.min(
        cost[i - 1]![j]! + (a[i - 1] === ' ' ? 0.1 : 1),
        cost[i]![j - 1]! + (b[j - 1] === ' ' ? 0.1 : 1),
        cost[i - 1]![j - 1]! + (same(i - 1, j - 1) ? 0 : 1),
      );
  if (cost[a.length]![b.length]! > missMax * Math.max(Math.min(a.length, b.length), 2)) return null;
  const cased: (string | null)[] = a.map(() => null);
  for (let i = a.length, j = b.length; i > 0 && j > 0;) {
    const here = cost[i]![j]!;
    if (here === cost[i - 1]![j - 1]! + (same(i - 1, j - 1) ? 0 : 1)) {
      if (same(i - 1, j - 1)) cased[i - 1] = b[j - 1]!;
      i -= 1;
      j -= 1;
    } else if (here === cost[i - 1]![j]! + (a[i - 1] === ' ' ? 0.1 : 1)) i -= 1;
    else j -= 1;
  }
  // A letter that was misread is small where the rest of its word is; the first of a word stays a capital.
  return a
    .map((char, i) => {
      if (cased[i]) return cased[i];
      const from = a.lastIndexOf(' ', i) + 1;
      const end = a.indexOf(' ', i);
      const rest = cased.slice(from + 1, end < 0 ? a.length : end);
      return i > from && rest.some((other) => other && /[a-z]/.test(other)) ? char.toLowerCase() : char;
    })
    .join('');
}

function boundsOf(quad: Quad): { left: number; right: number; top: number; bottom: number } {
  const xs = [quad[0], quad[2], quad[4], quad[6]];
  const ys = [quad[1], quad[3], quad[5], quad[7]];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
