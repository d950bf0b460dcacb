import type { Tx } from '../db/transact.ts';
import { assetByCode } from '../ledger/accounts.ts';
import { listAreas } from '../network/areas.ts';
import { outletIdOf, outletsByIds } from '../network/outlets.ts';
import { listProducts, productIdOf, productsByIds } from '../network/products.ts';
import { namesIn, type KnownNames } from '../rules/check-neighbours.ts';
import type { RuleDocument } from '../rules/document.ts';

/** Of the names that these documents use, those that the tenant has; read by key, however large the network is. */
export async function knownNames(tx: Tx, documents: readonly RuleDocument[]): Promise<KnownNames> {
  const used = (kind: keyof KnownNames): string[] => [
    ...new Set(
      documents.flatMap((document) =>
        namesIn(document).flatMap((one) => (one.kind === kind ? one.names : [])),
      ),
    ),
  ];
  const assets: string[] = [];
  for (const code of used('assets')) if (await assetByCode(tx, code)) assets.push(code);
  const outlets = await outletsByIds(
    tx,
    used('outlets').map((code) => outletIdOf(tx, code)),
  );
  const products = await productsByIds(
    tx,
    used('skus').map((sku) => productIdOf(tx, sku)),
  );
  const catalogue = used('categories').length > 0 ? await listProducts(tx) : [];
  const areas = used('areas').length > 0 ? await listAreas(tx) : [];
  return {
    assets,
    outlets: outlets.map(({ code }) => code),
    skus: products.map(({ sku }) => sku),
    categories: [...new Set(catalogue.map(({ category }) => category))],
    areas: areas.map(({ code }) => code),
  };
}
