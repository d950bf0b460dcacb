import type { OutletId } from '../../shared/id.ts';
import { foldConfusables, overlap, trigrams } from '../../shared/text.ts';
import type { Reading } from './reading.ts';

export type OutletCandidate = { id: OutletId; name: string; address: string; isOpen: boolean };

/**
 * How the outlet was found: `chosen` by the sender, `sender` one of the sender's own that the paper names, `printed`
 * another that the paper names, `open` the outlet that takes any paper, `reviewer` set by a person.
 */
export type OutletMatch = {
  outlet: OutletId;
  score: number;
  how: 'chosen' | 'sender' | 'printed' | 'open' | 'reviewer';
};

/** The paper must look this much like one of the sender's outlets, or that much like a stranger's. */
export const senderScoreMin = 0.35;
export const printedScoreMin = 0.6;

/**
 * The outlet a receipt belongs to: the sender's own first, then any that the printed name and address resemble.
 * Null when the paper names a place nobody knows. `open` outlets take whatever names no better place. Pure.
 */
export function matchOutlet(
  reading: Reading,
  candidates: {
    own: readonly OutletCandidate[];
    others: readonly OutletCandidate[];
    chosen: OutletId | null;
  },
): OutletMatch | null {
  const own = scored(
    reading,
    candidates.own.filter((outlet) => !outlet.isOpen),
  );
  const open = candidates.own.find((outlet) => outlet.isOpen);
  const chosen = candidates.own.find((outlet) => outlet.id === candidates.chosen);
  // Who sends for an open outlet alone, or says so, sends papers of any shop.
  if (open && (own.length === 0 || chosen === open)) return { outlet: open.id, score: 1, how: 'open' };
  if (chosen) {
    const score = own.find((match) => match.outlet.id === chosen.id)!.score;
    return score >= senderScoreMin || !reading.merchant ? { outlet: chosen.id, score, how: 'chosen' } : null;
  }
  const best = own[0];
  if (best && best.score >= senderScoreMin)
    return { outlet: best.outlet.id, score: best.score, how: 'sender' };
  const other = scored(reading, candidates.others)[0];
  if (other && other.score >= printedScoreMin)
    return { outlet: other.outlet.id, score: other.score, how: 'printed' };
  return open ? { outlet: open.id, score: 0, how: 'open' } : null;
}

function scored(reading: Reading, outlets: readonly OutletCandidate[]) {
  return outlets
    .map((outlet) => ({ outlet, score: likeness(reading, outlet) }))
    .sort((a, b) => b.score - a.score || (a.outlet.id < b.outlet.id ? -1 : 1));
}

// The name decides; the address tells branches of one chain apart. Any of the first printed lines may be the name that
// the register knows, for the legal name and the sign above the door often differ.
function likeness(reading: Reading, outlet: OutletCandidate): number {
  const names = [reading.merchant?.value ?? '', ...reading.lines.slice(0, 6).map((line) => line.text)];
  const name = Math.max(...names.map((printed) => similarity(printed, outlet.name)));
  if (!reading.address || !outlet.address) return name;
  return 0.7 * name + 0.3 * Math.max(name * 0.8, similarity(reading.address.value, outlet.address));
}

function similarity(a: string, b: string): number {
  return overlap(trigrams(foldConfusables(a)), trigrams(foldConfusables(b)));
}
