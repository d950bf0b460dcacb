import type { NewProduct } from '../src/network/products.ts';

/*
 * What the demo's principal trades: the goods printed on the demo's receipts and some that stand beside them on the
 * shelf. An alias is what a till prints, cut off where the till cuts it off. Prices are those printed.
 */

type Row = [
  sku: string,
  name: string,
  brand: string,
  category: string,
  listPriceMinor: number,
  aliases: string[],
  focus?: 'focus',
];

const rows: Row[] = [
  // Beverages
  [
    'NF-1001',
    'Ah Huat White Coffee Gold Medal 15 x 38 g',
    'Ah Huat',
    'beverages',
    1265,
    ['AH HUAT WHT. COFFEE GO'],
    'focus',
  ],
  [
    'NF-1002',
    'Ah Huat White Coffee Hazelnut 15 x 38 g',
    'Ah Huat',
    'beverages',
    1265,
    ['AH HUAT WHT. COFFEE HA'],
  ],
  ['NF-1003', 'Milo Fuze 3-in-1 Original 18 x 33 g', 'Milo', 'beverages', 1365, ['MILO FUZE 3IN1 ORIGINAL']],
  ['NF-1004', 'Nescafe Classic Arabica refill', 'Nescafe', 'beverages', 2260, ['NESCAFE CLASSIC ARABICA']],
  ['NF-1005', 'Marigold HL Milk 1 L', 'Marigold', 'beverages', 679, ['MARIGOLD HL MILK 1L']],
  ['NF-1006', '100 Plus isotonic drink 500 ml', '100 Plus', 'beverages', 228, ['100 PLUS 500ML']],
  // Snacks
  ['NF-2001', 'Cadbury Dairy Milk chocolate', 'Cadbury', 'snacks', 965, ['CADBURY CHOCOLATE DAIL']],
  [
    'NF-2002',
    'Mister Potato Crisps Tomato 160 g',
    'Mister Potato',
    'snacks',
    399,
    ['MISTER POTATO TOMATO 16'],
  ],
  [
    'NF-2003',
    'Mister Potato Crisps Original 160 g',
    'Mister Potato',
    'snacks',
    399,
    ['MISTER POTATO ORIGINAL 16'],
  ],
  ['NF-2004', 'Snek Ku Tam Tam Crab Flavour', 'Snek Ku', 'snacks', 365, ['SNEK KU TAM TAM CRAB F']],
  ['NF-2005', 'Tic Tac Mint', 'Tic Tac', 'snacks', 210, ['TIC TAC CANDY MINT (WH']],
  ['NF-2006', 'Mentos Sour Mix chewy dragees', 'Mentos', 'snacks', 245, ['MENTOS SOUR MIX CHEWY']],
  ['NF-2007', "Munchy's Cracker Sandwich", "Munchy's", 'snacks', 419, ['MUNCHYS CRACKER SANDWI']],
  ['NF-2008', "Julie's Peanut Butter Sandwich", "Julie's", 'snacks', 755, ['JULIES PEANUT BUTTER S']],
  ['NF-2009', 'Asam Boi 65 g', 'Asam Boi', 'snacks', 200, ['ASAM BOI 65G']],
  // Cooking
  ['NF-3001', 'Helang cooking oil 5 kg', 'Helang', 'cooking', 2435, ['HELANG MINYAK MASAK 5KG'], 'focus'],
  ['NF-3002', 'Helang cooking oil 1 kg', 'Helang', 'cooking', 550, ['HELANG MINYAK MASAK 1KG']],
  ['NF-3003', 'Jasmine Super 5 Special rice', 'Jasmine', 'cooking', 2990, ['JASMINE SUPER 5 SPECIA']],
  ['NF-3004', 'Ajinomoto seasoning 1 kg', 'Ajinomoto', 'cooking', 1040, ['AJINOMOTO 1KG'], 'focus'],
  ['NF-3005', 'Ajinomoto seasoning 400 g', 'Ajinomoto', 'cooking', 460, ['AJINOMOTO 400G']],
  [
    'NF-3006',
    'Crispo beef dripping 800 g',
    'Crispo',
    'cooking',
    2120,
    ['CRISPO MINYAK SAPI 800G', 'CRISPO MINYAK SAPI800G'],
  ],
  ['NF-3007', 'CSR sugar 12 x 1 kg', 'CSR', 'cooking', 3520, ['CSR GULA 12*1KG']],
  ['NF-3008', 'Mas Good Melaka noodles', 'Mas Good', 'cooking', 320, ['MAS GOOD MELAKA NOODLES']],
  // Canned
  ['NF-4001', 'Fei Yan young corn 425 g', 'Fei Yan', 'canned', 233, ['FEI YAN BRAND YOUNG CORN 425G']],
  ['NF-4002', '888 lychees in syrup 565 g', '888', 'canned', 338, ['888 LYCHEES IN SYRUP 5']],
  // Household
  ['NF-5001', 'Pipit bleach 2 x 1 kg twin pack', 'Pipit', 'household', 420, ['PIPIT BLEACH 2*1KG TP']],
  ['NF-5002', 'FAB Perfect detergent bar 130 g', 'FAB', 'household', 90, ['FAB PERFECT BAR (B) 130']],
  ['NF-5003', 'Top Super White detergent 2 kg', 'Top', 'household', 1265, ['TOP SUPER WHITE (RED) 2']],
  [
    'NF-5004',
    'Bakery deep tray 18 x 14 x 8 cm',
    'Nusa',
    'household',
    1200,
    ['5001 BAKERY DEEP TRAY(18 14 8CM)KT'],
  ],
  // Batteries
  [
    'NF-5101',
    'Energizer AA, 8 pieces',
    'Energizer',
    'batteries',
    2200,
    ['8PCS AA ENERGIZER(BP.ME)WF'],
    'focus',
  ],
  ['NF-5102', 'Energizer AAA, 8 pieces', 'Energizer', 'batteries', 2200, ['8PCS AAA ENERGIZER(BP.SC)WF']],
  [
    'NF-5103',
    'Eveready super heavy duty AA, 4 pieces',
    'Eveready',
    'batteries',
    800,
    ['EVEREADY SHD AA 4PC 1215BP4(YO.PM)-WF'],
  ],
  // Care
  ['NF-6001', 'Lifebuoy Cool Fresh soap', 'Lifebuoy', 'care', 699, ['LIFEBUOY COOL FRESH SO'], 'focus'],
  [
    'NF-6002',
    'Face masks, 3 ply, ear loop, 50 pieces',
    'Nusa',
    'care',
    2500,
    ["NON WOWEN 3 PLY FACE MASK EAR LOOP 50'S"],
  ],
  // Fresh
  ['NF-7001', 'Kenko fish balls 200 g', 'Kenko', 'fresh', 240, ['KENKO BEBOLA IKAN 200G']],
  ['NF-7002', 'Silken tofu 300 g', 'Nusa', 'fresh', 110, ['SILKEN TOFU 300G']],
  // Bakery
  [
    'NF-8001',
    'Tau Sar Pneah small, 16 pieces',
    'Ghee Hiang',
    'bakery',
    900,
    ['TAU SAR PNEAH (S) 16PCS'],
    'focus',
  ],
  [
    'NF-8002',
    'Double Tau Sar Pneah small, 12 pieces',
    'Ghee Hiang',
    'bakery',
    760,
    ['DB TAU SAR PNEAH (S) 12PCS'],
  ],
  ['NF-8003', 'Beh Teh Saw, 8 pieces', 'Ghee Hiang', 'bakery', 800, ['BEH TEH SAW 8PCS']],
  ['NF-8004', 'Phong Pneah, 6 pieces', 'Ghee Hiang', 'bakery', 900, ['PHONG PNEAH 6PCS']],
  ['NF-8005', 'Massimo wheat germ loaf 400 g', 'Massimo', 'bread', 239, ['MASSIMO WHEAT GERM 400']],
];

export const catalogue: NewProduct[] = rows.map(
  ([sku, name, brand, category, listPriceMinor, aliases, focus]) => ({
    sku,
    name,
    brand,
    category,
    listPriceMinor,
    aliases,
    isFocus: focus === 'focus',
    currency: 'MYR',
  }),
);
