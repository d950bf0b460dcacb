import { describeStep, describeWords, stepKinds } from './describe-words.ts';
import type { Layout } from './lay-out-page.ts';
import { addScores, type Weights } from './weights.ts';

/** What a word is part of: nothing asked for, the first or a later word of the name, of the address. */
export const tags = ['other', 'name-first', 'name', 'address-first', 'address'] as const;
export const tagCount = tags.length;
const [other, nameFirst, name, addressFirst, address] = [0, 1, 2, 3, 4] as const;

/** Weights of words by feature, and of steps from one tag to the next: `steps[kind][from][to]`, flat. */
export type Tagger = { words: Weights; steps: Float64Array };

/** Places of words on the page, `to` exclusive. */
export type Span = { from: number; to: number; confidence: number };

/** Only a name goes on as a name: the steps that make no sense have no score. */
export function isStep(from: number, to: number): boolean {
  if (to === name) return from === nameFirst || from === name;
  if (to === address) return from === addressFirst || from === address;
  return true;
}

/** Scores of each tag at each word (flat, word by word) and the kind of step before each word. */
export type Lattice = { scores: Float64Array; kinds: Uint8Array; length: number };

export function scoreWords(page: Layout, tagger: Tagger): Lattice {
  const length = page.words.length;
  const scores = new Float64Array(length * tagCount);
  describeWords(page).forEach((features, i) => {
    addScores(tagger.words, features, scores.subarray(i * tagCount, (i + 1) * tagCount));
  });
  return { scores, kinds: Uint8Array.from({ length }, (_, i) => describeStep(page, i)), length };
}

/**
 * The best name and the best address on the page: one run of words each at most, by a linear-chain conditional random
 * field (Lafferty et al., 2001). Confidence is the probability of the run's first and last words under the model.
 */
export function tagWords(page: Layout, tagger: Tagger): { name: Span | null; address: Span | null } {
  const lattice = scoreWords(page, tagger);
  if (lattice.length === 0) return { name: null, address: null };
  const path = bestPath(lattice, tagger.steps);
  const chances = marginals(lattice, tagger.steps);
  return {
    name: spanOf(path, chances, nameFirst, name),
    address: spanOf(path, chances, addressFirst, address),
  };
}

function spanOf(path: Uint8Array, chances: Float64Array, first: number, later: number): Span | null {
  const from = path.indexOf(first);
  if (from < 0) return null;
  let to = from + 1;
  while (to < path.length && path[to] === later) to++;
  const begins = chances[from * tagCount + first]!;
  const goesOn = to < path.length ? chances[to * tagCount + later]! : 0;
  const holds = to - 1 > from ? chances[(to - 1) * tagCount + later]! : begins;
  return { from, to, confidence: begins * Math.max(0, holds - goesOn) };
}

// Viterbi over (tag, what was already told): a second name or address is no path, nor is a page without a name.
const memories = 4;
function bestPath({ scores, kinds, length }: Lattice, steps: Float64Array): Uint8Array {
  const states = tagCount * memories;
  let best = new Float64Array(states).fill(-Infinity);
  const back = new Uint8Array(length * states);
  for (let tag = 0; tag < tagCount; tag++) {
    const memory = remember(0, tag);
    if (memory >= 0 && isStep(other, tag))
      best[tag * memories + memory] = scores[tag]! + steps[stepAt(2, other, tag)]!;
  }
  for (let i = 1; i < length; i++) {
    const next = new Float64Array(states).fill(-Infinity);
    for (let state = 0; state < states; state++) {
      if (best[state] === -Infinity) continue;
      const [from, memory] = [Math.floor(state / memories), state % memories];
      for (let tag = 0; tag < tagCount; tag++) {
        if (!isStep(from, tag)) continue;
        const told = remember(memory, tag);
        if (told < 0) continue;
        const score = best[state]! + steps[stepAt(kinds[i]!, from, tag)]! + scores[i * tagCount + tag]!;
        const to = tag * memories + told;
        if (score > next[to]!) [next[to], back[i * states + to]] = [score, state];
      }
    }
    best = next;
  }
  const named = best.map((score, state) => ((state % memories) & 1 ? score : -Infinity));
  let state = named.indexOf(Math.max(...named));
  const path = new Uint8Array(length);
  for (let i = length - 1; i >= 0; i--) {
    path[i] = Math.floor(state / memories);
    state = back[i * states + state]!;
  }
  return path;
}

function remember(memory: number, tag: number): number {
  if (tag === nameFirst) return memory & 1 ? -1 : memory | 1;
  if (tag === addressFirst) return memory & 2 ? -1 : memory | 2;
  return memory;
}

export function stepAt(kind: number, from: number, to: number): number {
  return (kind * tagCount + from) * tagCount + to;
}
export const stepSize = stepKinds * tagCount * tagCount;

/** The probability of each tag at each word: forward and backward sums in the log domain. */
export function marginals(lattice: Lattice, steps: Float64Array): Float64Array {
  const { length } = lattice;
  const forward = forwardSums(lattice, steps);
  const backward = backwardSums(lattice, steps);
  const all = logSum(forward.subarray((length - 1) * tagCount, length * tagCount));
  return forward.map((value, i) => Math.exp(value + backward[i]! - all));
}

export function forwardSums({ scores, kinds, length }: Lattice, steps: Float64Array): Float64Array {
  const sums = new Float64Array(length * tagCount).fill(-Infinity);
  const terms = new Float64Array(tagCount);
  for (let i = 0; i < length; i++) {
    for (let to = 0; to < tagCount; to++) {
      for (let from = 0; from < tagCount; from++) {
        const before = i === 0 ? (from === other ? 0 : -Infinity) : sums[(i - 1) * tagCount + from]!;
        terms[from] = isStep(from, to)
          ? before + steps[stepAt(i === 0 ? 2 : kinds[i]!, from, to)]!
          : -Infinity;
      }
      sums[i * tagCount + to] = logSum(terms) + scores[i * tagCount + to]!;
    }
  }
  return sums;
}

export function backwardSums({ scores, kinds, length }: Lattice, steps: Float64Array): Float64Array {
  const sums = new Float64Array(length * tagCount);
  const terms = new Float64Array(tagCount);
  for (let i = length - 2; i >= 0; i--) {
    for (let from = 0; from < tagCount; from++) {
      for (let to = 0; to < tagCount; to++) {
        const after = sums[(i + 1) * tagCount + to]! + scores[(i + 1) * tagCount + to]!;
        terms[to] = isStep(from, to) ? after + steps[stepAt(kinds[i + 1]!, from, to)]! : -Infinity;
      }
      sums[i * tagCount + from] = logSum(terms);
    }
  }
  return sums;
}

export function logSum(terms: Float64Array): number {
  let most = -Infinity;
  for (const term of terms) if (term > most) most = term;
  if (most === -Infinity) return most;
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - most);
  return most + Math.log(sum);
}
