import type { Activity } from '../../src/activity/activity.ts';
import type { Subject } from '../../src/rules/evaluation.ts';
import { nameId, type Id } from '../../src/shared/id.ts';
import type { Chance } from '../chance.ts';
import { areas, categories, channels, tiers } from './rule-set.ts';

const id = <T extends Id<string>>(name: string): T => nameId<T>('bench', name);
export const linesPerActivity = 3;
const begin = Date.UTC(2018, 2, 1);

/** Receipts of three lines in March 2018 with what is known about shop and seller. */
export function makeSubjects(count: number, chance: Chance): Subject[] {
  const pick = <T>(list: readonly T[]): T => list[chance(list.length)]!;
  return Array.from({ length: count }, (_, number) => ({
    activity: activity(number, chance),
    facts: {
      timeZone: 'Asia/Kuala_Lumpur',
      participant: { kind: 'seller', tier: pick(tiers) },
      outlet: { code: `shop-${chance(5000)}`, channel: pick(channels), areas: [pick(areas), 'my'] },
    },
  }));
}

function activity(number: number, chance: Chance): Activity {
  const lines = Array.from({ length: linesPerActivity }, (_, line) => ({
    line,
    text: 'GOODS',
    product: id<Id<'product'>>(`product ${line}`),
    sku: `SKU-${chance(500)}`,
    category: categories[chance(categories.length)]!,
    isFocus: chance(10) === 0,
    quantityMilli: BigInt(1000 * (1 + chance(12))),
    amountMinor: BigInt(100 + chance(5000)),
  }));
  const occurredAt = new Date(begin + chance(31 * 86_400) * 1000);
  return {
    id: id(`activity ${number}`),
    version: 1,
    kind: 'receipt',
    programme: id('programme'),
    evidence: null,
    participant: id(`seller ${chance(1000)}`),
    outlet: id(`outlet ${chance(5000)}`),
    occurredAt,
    recordedAt: occurredAt,
    currency: 'MYR',
    totalMinor: lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    withdrawn: false,
    reason: null,
    lines,
  };
}
