import type { GivenActivity } from '../../src/flow/receive-activities.ts';
import { seededChance, type Chance } from '../chance.ts';
import type { Call } from '../server.ts';
import { outletCode, participantCode, programmeCode } from './network.ts';
import { skuOf, skusCount } from './rules.ts';

export const linesPerSale = 2;
const days = 28;
const begin = Date.UTC(2018, 1, 1);

/** Makes sales of random outlets, each two lines, spread over February 2018; no two have the same key. */
export function salesMaker(outlets: number, seed: number): (count: number) => GivenActivity[] {
  const chance = seededChance(seed);
  let made = 0;
  return (count) => Array.from({ length: count }, () => sale(chance, outlets, `${seed}-${(made += 1)}`));
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

function sale(chance: Chance, outlets: number, externalKey: string): GivenActivity {
  const place = chance(outlets);
  return {
    source: 'bench',
    externalKey,
    kind: 'sale',
    participant: participantCode(place),
    outlet: outletCode(place),
    occurredAt: new Date(begin + chance(days * 86_400) * 1000),
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
