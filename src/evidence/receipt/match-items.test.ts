import { expect, test } from 'vitest';

import { catalogue } from '../../../demo/catalogue.ts';
import type { ProductId } from '../../shared/id.ts';
import { matchItems, type CatalogueProduct } from './match-items.ts';
import type { ReadingItem } from './reading.ts';

const products: CatalogueProduct[] = catalogue.map((product) => ({
  ...product,
  id: product.sku as ProductId,
}));
const nameOf = (id: ProductId | null) => products.find((product) => product.id === id)?.name ?? null;

function printed(
  text: string,
  amountMinor: number | null = null,
  quantity: number | null = null,
): ReadingItem {
  return { text, quantity, unitPriceMinor: null, amountMinor, confidence: 1, quad: null };
}

test.each([
  ['as printed', '066 MILO FUZE 3IN1 ORIGINAL', 1365, 'Milo Fuze 3-in-1 Original 18 x 33 g'],
  [
    'faint, with four wrong letters',
    '066 HILO FUZE 3INI ORIGINRL',
    1365,
    'Milo Fuze 3-in-1 Original 18 x 33 g',
  ],
  ['cut off by a narrow till', '2022 CADBURY CHOCOLATE DAIL', 965, 'Cadbury Dairy Milk chocolate'],
  [
    'cut off within the word that tells two kinds apart',
    '2832 AH HUAT WHT. COFFEE GO',
    1265,
    'Ah Huat White Coffee Gold Medal 15 x 38 g',
  ],
  ['with digits in the place of letters', '154 AJINOM0T0 1K8', 1040, 'Ajinomoto seasoning 1 kg'],
  ['with the price a third higher', 'MARIGOLD HL MILK 1L', 900, 'Marigold HL Milk 1 L'],
])('goods are found: %s', (_how, text, amountMinor, name) => {
  expect(nameOf(matchItems([printed(text, amountMinor)], products)[0]!.product)).toBe(name);
});

test.each(['PLASTIC BAG', 'SUBTOTAL', '9413 CS 1002 A5 H/COVER NOT', 'ROTI', ''])(
  'goods of others stay unmatched: "%s"',
  (text) => {
    expect(matchItems([printed(text, 300)], products)[0]).toMatchObject({ product: null });
  },
);

test('the sister product of another size is not taken for it', () => {
  const small = {
    id: 'small' as ProductId,
    sku: 'small',
    name: 'Aqua mineral water 500 ml',
    aliases: [],
    listPriceMinor: 150,
  };
  const large = {
    ...small,
    id: 'large' as ProductId,
    sku: 'large',
    name: 'Aqua mineral water 1.5 L',
    listPriceMinor: 290,
  };
  const found = (text: string) => matchItems([printed(text)], [small, large])[0]!.product;
  expect([found('AQUA MINERAL WATER 500ML'), found('AQUA MINERAL WATER 1.5L')]).toEqual(['small', 'large']);
});

test('every item has an answer, in order', () => {
  const items = ['MILO FUZE 3IN1 ORIGINAL', 'SOMETHING ELSE', 'MILO FUZE 3IN1 ORIGINAL'].map((text) =>
    printed(text),
  );
  expect(matchItems(items, products).map(({ item, product }) => [item, product !== null])).toEqual([
    [0, true],
    [1, false],
    [2, true],
  ]);
});
