import type { Tx } from '../db/transact.ts';
import { nameId, type ProductId } from '../shared/id.ts';
import { normalise } from '../shared/text.ts';

/** One of the goods the principal trades. Prices are for one piece, in the currency's minor unit. */
export type NewProduct = {
  sku: string;
  name: string;
  brand: string;
  category: string;
  isFocus?: boolean;
  /** What shops print for it. */
  aliases: string[];
  listPriceMinor: number | null;
  currency: string;
};

export type Product = Required<NewProduct> & { id: ProductId };

/** A product whose name or alias resembles the text at index `text` of those asked for; score 0..1 as in pg_trgm. */
export type ProductFound = { text: number; product: Product; score: number };

/** How many candidates a search answers with for each text when nothing is said. */
const productsFoundMax = 5;

const columns = `p.id, p.sku, p.name, p.brand, p.category, p.is_focus as "isFocus", p.aliases,
  p.list_price_minor as "listPriceMinor", p.currency`;

type Row = Omit<Product, 'listPriceMinor'> & { listPriceMinor: bigint | null };

/** Adds the products whose SKU is new and leaves the others as they are. */
export async function addProducts(tx: Tx, products: readonly NewProduct[]): Promise<void> {
  const rows = products.map((product) => ({
    isFocus: false,
    ...product,
    id: productIdOf(tx, product.sku),
    nameKeys: [...new Set([product.name, ...product.aliases].map(normalise))],
  }));
  await tx.query(
    `insert into product (tenant, id, sku, name, brand, category, is_focus, aliases, name_keys, list_price_minor,
       currency)
     select $1, r.id, r.sku, r.name, r.brand, r.category, r."isFocus", r.aliases, r."nameKeys", r."listPriceMinor",
       r.currency
     from jsonb_to_recordset($2::jsonb) as r (id uuid, sku text, name text, brand text, category text,
       "isFocus" boolean, aliases text[], "nameKeys" text[], "listPriceMinor" bigint, currency text)
     on conflict (tenant, sku) do nothing`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

export async function productById(tx: Tx, id: ProductId): Promise<Product | null> {
  return (await productsByIds(tx, [id]))[0] ?? null;
}

/** The products with these ids, in no promised order; unknown ids are left out. */
export async function productsByIds(tx: Tx, ids: readonly ProductId[]): Promise<Product[]> {
  const rows = await tx.query<Row>(
    `select ${columns} from product p where p.tenant = $1 and p.id = any($2::uuid[])`,
    [tx.tenant, ids],
  );
  return rows.map(toProduct);
}

/** The whole catalogue, in order of SKU. */
export async function listProducts(tx: Tx): Promise<Product[]> {
  const rows = await tx.query<Row>(
    `select ${columns} from product p where p.tenant = $1 order by p.sku collate "C"`,
    [tx.tenant],
  );
  return rows.map(toProduct);
}

/**
 * For each text the products that resemble it most, likest first; one statement for all texts of a receipt.
 * Reads every product of the tenant: see README.md on trigram indexes.
 */
export async function findProducts(
  tx: Tx,
  texts: readonly string[],
  limit = productsFoundMax,
): Promise<ProductFound[]> {
  const rows = await tx.query<Row & { text: bigint; score: number }>(
    `select asked.position - 1 as text, found.*
     from unnest($2::text[]) with ordinality as asked (text, position)
     cross join lateral (
       select ${columns}, likeness.score
       from product p
       cross join lateral (
         select max(similarity(asked.text, key))::float8 as score from unnest(p.name_keys) as known (key)
       ) likeness
       where p.tenant = $1 and likeness.score > 0
       order by likeness.score desc, p.id limit $3
     ) found
     order by asked.position, found.score desc, found.id`,
    [tx.tenant, texts.map(normalise), limit],
  );
  return rows.map(({ text, score, ...row }) => ({ text: Number(text), product: toProduct(row), score }));
}

/** The id that a product's SKU gives, whether or not the product is there. */
export function productIdOf(tx: Pick<Tx, 'tenant'>, sku: string): ProductId {
  return nameId(tx.tenant, 'product', sku);
}

// List prices are far below 2^53, so the screens and the matching get them as plain numbers.
function toProduct(row: Row): Product {
  return { ...row, listPriceMinor: row.listPriceMinor === null ? null : Number(row.listPriceMinor) };
}
