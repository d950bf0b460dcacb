import { loadDemo } from '../demo/load.ts';
import { nusa, other, programme } from '../demo/world.ts';
import type { Db } from '../src/db/transact.ts';
import { outletIdOf } from '../src/network/outlets.ts';
import { participantIdOf } from '../src/network/participants.ts';
import { productIdOf } from '../src/network/products.ts';
import { programmeIdOf } from '../src/network/programmes.ts';
import { staffIdOf } from '../src/network/staff.ts';
import type { ProductId } from '../src/shared/id.ts';

const at = { tenant: nusa.tenant };

/** The people and places of the demo world by name; ids follow from codes, so they are the same in every test. */
export const people = {
  tenant: nusa.tenant,
  programme: programmeIdOf(at, programme.code),

  sari: participantIdOf(at, 'sari'),
  budi: participantIdOf(at, 'budi'),
  asha: participantIdOf(at, 'asha'),
  olena: participantIdOf(at, 'olena'),
  ivan: participantIdOf(at, 'ivan'),
  zofia: participantIdOf(at, 'zofia'),
  grace: participantIdOf(at, 'grace'),
  mira: participantIdOf(at, 'mira'),

  rina: staffIdOf(at, 'rina'),
  dewi: staffIdOf(at, 'dewi'),
  karim: staffIdOf(at, 'karim'),

  tokoMaju: outletIdOf(at, 'toko-maju'),
  subangBestari: outletIdOf(at, 'subang-bestari'),
  subangPerdana: outletIdOf(at, 'subang-perdana'),
  pjSs6: outletIdOf(at, 'pj-ss6'),
  jinjangUtara: outletIdOf(at, 'jinjang-utara'),
  sriSinar: outletIdOf(at, 'sri-sinar'),
  slf: outletIdOf(at, 'slf'),
  ligamas: outletIdOf(at, 'ligamas'),
  billionSix: outletIdOf(at, 'billion-six'),
  yongCen: outletIdOf(at, 'yong-cen'),
  jinSeng: outletIdOf(at, 'jin-seng'),
  fyEagle: outletIdOf(at, 'fy-eagle'),
  gheeHiang: outletIdOf(at, 'ghee-hiang'),
  guardianRawang: outletIdOf(at, 'guardian-rawang'),
  openOutlet: outletIdOf(at, 'open'),

  /** The second principal and its only seller. */
  other: { tenant: other.tenant, omar: participantIdOf({ tenant: other.tenant }, 'omar') },
};

export type World = typeof people & { product(sku: string): ProductId };

/** Puts the demo world into the database and answers who is in it. */
export async function world(db: Db): Promise<World> {
  await loadDemo(db);
  return { ...people, product: (sku) => productIdOf(at, sku) };
}
