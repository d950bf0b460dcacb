import type { GivenActivity } from '../../src/flow/receive-activities.ts';
import { seededChance, type Chance } from '../chance.ts';
import type { Call } from '../server.ts';
import { outletCode, participantCode, programmeCode } from './network.ts';
import { skuOf, skusCount } from './rules.ts';

export const linesPerSale = 2;
const begin = Date.UTC(2018, 1, 1);
/** A million of them take about a month. */
const stepMs = 2000;
const lateShare = 10;
const latestMs = 7 * 86_400_000;

/**
 * Makes sales of random outlets, each two lines, as they come in life: one after the other in time, and one in ten up to a week
 * late. No two have the same key.
 */
export function salesMaker(outlets: number, seed: number): (count: number) => GivenActivity[] {
  const chance = seededChance(seed);
  let made = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      made += 1;
      const late = chance(lateShare) === 0 ? chance(latestMs) : 0;
      const occurredAt = new Date(Math.max(begin, begin + made * stepMs - late));
      return sale(chance, outlets, { externalKey: `${seed}-${made}`, occurredAt });
    });
}

/** The same as single requests. */
export function saleCalls(outlets: number, seed: number): () => Call {
  const sales = salesMaker(outlets, seed);
  return () => ({
    method: 'POST',
    path: `activities?programme=${programmeCode}`,
    body: sales(1)[0],
    status: 201,
  });
}

function sale(
  chance: Chance,
  outlets: number,
  known: Pick<GivenActivity, 'externalKey' | 'occurredAt'>,
): GivenActivity {
  const place = chance(outlets);
  return {
    source: 'bench',
    ...known,
    kind: 'sale',
    participant: participantCode(place),
    outlet: outletCode(place),
    totalMinor: BigInt(1000 + chance(1_000_000)),
    lines: Array.from({ length: linesPerSale }, (_, line) => ({
      line,
      text: 'bench',
      sku: skuOf(chance(skusCount)),
      quantityMilli: BigInt(1000 * (1 + chance(12))),
      amountMinor: BigInt(500 + chance(100_000)),
    })),
  };
}
