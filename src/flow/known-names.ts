import type { Tx } from '../db/transact.ts';
import { assetByCode } from '../ledger/accounts.ts';
import { listAreas } from '../network/areas.ts';
import { outletIdOf, outletsByIds } from '../network/outlets.ts';
import { participantKinds } from '../network/participants.ts';
import { listProducts, productIdOf, productsByIds } from '../network/products.ts';
import type { Programme } from '../network/programmes.ts';
import { wordsOfNetwork } from '../network/words.ts';
import { documentsOf } from '../progress/documents.ts';
import type { OtherDocument } from '../programme/document.ts';
import { namesIn, type KnownNames, type NamedKind } from '../rules/check-neighbours.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { ProgrammeId } from '../shared/id.ts';

/**
 * Of the names that these documents use, those that the tenant has; read by key, however large the network is. `beside` are
 * documents that will stand beside them. A programme without tiers of its own has those that people were enrolled with.
 */
export async function knownNames(
  tx: Tx,
  { id: programme, settings: { kinds } }: Pick<Programme, 'id' | 'settings'>,
  documents: readonly RuleDocument[],
  beside: readonly OtherDocument[] = [],
): Promise<KnownNames> {
  const used = (kind: NamedKind): string[] => [
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
  // No list of channels is kept: a channel is what some outlet has.
  const channels = used('channels').length > 0 ? (await wordsOfNetwork(tx)).channels : [];
  const standing = [...(await standingDocuments(tx, programme)), ...beside];
  const tiers = standing.flatMap((one) => (one.kind === 'tiers' ? one.tiers.map(({ code }) => code) : []));
  return {
    kinds,
    ...(tiers.length > 0 && { tiers }),
    segments: standing.flatMap((one) => (one.kind === 'segment' ? [one.code] : [])),
    lists: standing.flatMap((one) => (one.kind === 'list' ? [one.code] : [])),
    assets,
    outlets: outlets.map(({ code }) => code),
    skus: products.map(({ sku }) => sku),
    categories: [...new Set(catalogue.map(({ category }) => category))],
    areas: areas.map(({ code }) => code),
    channels,
    participantKinds,
  };
}

/** The tiers, segments and discounts of a programme in the versions that were saved last and not ended. */
export async function standingDocuments(tx: Tx, programme: ProgrammeId): Promise<OtherDocument[]> {
  return (await documentsOf(tx, programme))
    .filter(({ until }) => until === null)
    .map(({ document }) => document);
}
