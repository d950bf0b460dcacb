export type TillLanguage = 'en' | 'id' | 'pl' | 'ru' | 'uk';
export type TillRole =
  | 'count'
  | 'subtotal'
  | 'discount'
  | 'service'
  | 'tax'
  | 'unrounded'
  | 'rounding'
  | 'total'
  | 'cash'
  | 'card'
  | 'change'
  | 'points';

/** What tills print beside their sums. */
export const tillWords: Record<TillLanguage, Record<TillRole, readonly string[]>> = {
  en: {
    count: ['TOTAL QTY', 'TOTAL ITEMS', 'ITEM COUNT', 'QTY', 'NO OF ITEMS'],
    subtotal: [
      'SUBTOTAL',
      'SUB TOTAL',
      'TOTAL AMOUNT',
      'TOTAL SALES (EXCLUDING GST)',
      'TOTAL EXCL TAX',
      'GROSS AMOUNT',
      'NET SALES',
      'TOTAL',
      'AMOUNT',
    ],
    discount: [
      'DISCOUNT',
      'DISC',
      'LESS DISCOUNT',
      'TOTAL DISCOUNT',
      'VOUCHER',
      'OTHER DISCOUNT',
      'COUPON DISCOUNT',
      'MEMBER REBATE',
    ],
    service: ['SERVICE CHARGE', 'SERVICE CHARGE 10%', 'SVC CHG'],
    tax: ['GST 6%', 'TOTAL GST', 'SST', 'TAX', 'VAT', 'SERVICE TAX 6%', 'GST PAYABLE'],
    unrounded: ['TOTAL', 'NET TOTAL', 'TOTAL SALES (INCLUSIVE OF GST)', 'TOTAL INCL GST'],
    rounding: ['ROUNDING', 'ROUNDING ADJ', 'ROUNDING ADJUSTMENT', 'ROUND ADJ'],
    total: [
      'TOTAL',
      'GRAND TOTAL',
      'NET TOTAL',
      'NETT TOTAL',
      'TOTAL PAYABLE',
      'AMOUNT DUE',
      'TOTAL DUE',
      'DUE',
      'AMOUNT PAYABLE',
      'FINAL TOTAL',
      'TOTAL ROUNDED',
      'TOTAL (RM)',
      'TOTAL INCLUSIVE OF TAX',
      'NETT AMOUNT',
    ],
    cash: ['CASH', 'CASH RECEIVED', 'CASH TENDERED', 'PAID', 'PAYMENT', 'TENDER'],
    card: ['VISA', 'MASTERCARD', 'CREDIT CARD', 'DEBIT CARD'],
    change: ['CHANGE', 'CHANGE DUE', 'CASH CHANGE', 'BALANCE CHANGE'],
    points: ['POINTS', 'POINT BALANCE', 'BONUS POINTS'],
  },
  id: {
    count: ['TOTAL ITEM', 'JUMLAH BARANG', 'TTL QTY', 'ITEM'],
    subtotal: ['SUBTOTAL', 'SUB TOTAL', 'HARGA JUAL', 'TOTAL ITEM', 'JUMLAH', 'TOTAL', 'NET SALES'],
    discount: ['DISKON', 'DISC', 'TOTAL DISC', 'POTONGAN', 'TOTAL DISKON', 'VOUCHER', 'HEMAT'],
    service: ['SERVICE', 'SERVICE CHARGE', 'BIAYA LAYANAN SERVICE'],
    tax: ['PPN', 'PAJAK 10%', 'PB1 10%', 'PAJAK', 'TAX 10%'],
    unrounded: ['TOTAL BILL', 'TOTAL'],
    rounding: ['PEMBULATAN', 'ROUNDING'],
    total: [
      'TOTAL',
      'GRAND TOTAL',
      'TOTAL BELANJA',
      'TOTAL BAYAR',
      'JUMLAH',
      'TOTAL AKHIR',
      'TOTAL SALES',
      'DUE',
    ],
    cash: ['TUNAI', 'CASH', 'BAYAR', 'DIBAYAR', 'PEMBAYARAN'],
    card: ['KARTU DEBIT', 'DEBIT', 'KREDIT', 'QRIS', 'GOPAY'],
    change: ['KEMBALI', 'KEMBALIAN', 'CHANGE'],
    points: ['POIN', 'SALDO POIN', 'TOTAL POINT'],
  },
  pl: {
    count: ['ILOSC', 'ILOSC POZYCJI'],
    subtotal: ['PODSUMA', 'SUMA'],
    discount: ['RABAT', 'OPUST', 'OBNIZKA RABAT'],
    service: ['OBSLUGA'],
    tax: ['SUMA PTU', 'PTU A 23%', 'VAT 23%'],
    unrounded: ['SUMA'],
    rounding: ['ZAOKRAGLENIE'],
    total: ['SUMA PLN', 'RAZEM', 'DO ZAPLATY', 'RAZEM PLN', 'SUMA DO ZAPLATY'],
    cash: ['GOTOWKA', 'GOTOWKA PLN'],
    card: ['KARTA', 'KARTA PLATNICZA'],
    change: ['RESZTA', 'RESZTA PLN'],
    points: ['PUNKTY', 'PUNKTY BONUS'],
  },
  ru: {
    count: ['КОЛ ВО'],
    subtotal: ['ПОДЫТОГ', 'СУММА', 'ВСЕГО'],
    discount: ['СКИДКА'],
    service: ['SERVICE'],
    tax: ['НДС 20%', 'СУММА НДС'],
    unrounded: ['СУММА'],
    rounding: ['ОКРУГЛЕНИЕ'],
    total: ['ИТОГО', 'ИТОГ', 'К ОПЛАТЕ', 'ИТОГО К ОПЛАТЕ', 'ВСЕГО К ОПЛАТЕ'],
    cash: ['НАЛИЧНЫМИ', 'НАЛИЧНЫЕ'],
    card: ['КАРТА', 'КАРТОЙ'],
    change: ['СДАЧА'],
    points: ['БОНУС'],
  },
  uk: {
    count: ['КІЛ'],
    subtotal: ['ПІДСУМОК', 'СУМА', 'ВСЬОГО'],
    discount: ['ЗНИЖКА'],
    service: ['SERVICE'],
    tax: ['ПДВ 20%', 'ПДВ А'],
    unrounded: ['СУМА'],
    rounding: ['ОКРУГЛЕННЯ'],
    total: ['СУМА', 'ДО СПЛАТИ', 'ВСЬОГО', 'РАЗОМ ДО СПЛАТИ', 'СУМА ДО СПЛАТИ', 'РАЗОМ'],
    cash: ['ГОТІВКА'],
    card: ['КАРТКА'],
    change: ['РЕШТА'],
    points: ['БОНУС'],
  },
};
