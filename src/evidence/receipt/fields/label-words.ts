import { makeLexicon } from './lexicon.ts';

/** What a printed word says of the number beside it. */
export type Label = (typeof labels)[number];

export const labels = [
  'total',
  'sub',
  'final',
  'exclusive',
  'inclusive',
  'tax',
  'service',
  'rounding',
  'discount',
  'cash',
  'card',
  'change',
  'quantity',
  'unit',
  'price',
  'amount',
  'summary',
  'taxcode',
  'points',
  'date',
  'time',
  'number',
  'phone',
  'register',
  'cashier',
  'table',
  'greeting',
  'returns',
  'void',
] as const;

// Words as printed in the languages of our countries, without accents. Several labels on one word are several lines.
const words: Record<Label, string> = {
  total: 'TOTAL TTL TOT TOTALE JUMLAH JML RAZEM SUMA ИТОГО ИТОГ ВСЕГО ВСЬОГО СУМА СУММА РАЗОМ कुल',
  sub: 'SUB SUBTOTAL SUBTOT SUBTTL PODSUMA ПОДЫТОГ ПІДСУМОК',
  final:
    'GRAND NETT NET FINAL DUE PAYABLE BELANJA AKHIR ROUNDED NETTO ZAPLATY ОПЛАТЕ ОПЛАТИ СПЛАТИ KESELURUHAN',
  exclusive: 'EXCLUDING EXCLUDED EXCLUDE EXCL EXCLUSIVE EX BEFORE DPP NON BRUTTO EXC TAXABLE GROSS',
  inclusive: 'INCLUSIVE INCLUDING INCLUDED INCL INCLUDE INC TERMASUK ROUNDED',
  tax: 'TAX GST SST VAT PPN PPNBM PAJAK PB1 PTU PODATEK НДС ПДВ CUKAI CGST SGST IGST',
  service: 'SERVICE SERV SVC SERVIS SRVC OBSLUGA',
  rounding:
    'ROUNDING ROUND ROUNDNG RND ADJ ADJUSTMENT ADJUST PEMBULATAN PEMBUNDARAN PELARASAN ОКРУГЛЕННЯ ОКРУГЛЕНИЕ ZAOKRAGLENIE RNDING',
  discount:
    'DISC DISCOUNT DISKON DISKAUN POTONGAN HEMAT SAVED SAVING SAVINGS VOUCHER VC RABAT OPUST СКИДКА ЗНИЖКА PROMO REBATE POT COUPON LESS',
  cash: 'CASH TUNAI TENDER TENDERED PAID PAY PAYMENT BAYAR DIBAYAR RECEIVED GOTOWKA НАЛИЧНЫЕ НАЛИЧНЫМИ ГОТІВКА BAYARAN PEMBAYARAN TENDERD',
  card: 'VISA MASTER MASTERCARD CARD DEBIT CREDIT KREDIT KARTU AMEX GOPAY OVO QRIS EDC KARTA КАРТА КАРТКА PAYPASS MYDEBIT BANK DANA TNG EWALLET GRABFOOD',
  change: 'CHANGE KEMBALI KEMBALIAN BAKI RESZTA СДАЧА РЕШТА CHG KEMB',
  quantity: 'QTY QUANTITY ITEM ITEMS COUNT BARANG KUANTITI ILOSC КІЛ КОЛ COVER PAX BARIS QTYS',
  unit: 'PCS PC PCE UNIT UNITS PIECES PKT PACK SET BTL BKS SZT ШТ EA BOX CTN',
  price: 'PRICE HARGA CENA ЦЕНА ЦІНА UNITPRICE HRG RATE RSP',
  amount: 'AMOUNT AMT AMAUN KWOTA NILAI VALUE SALES JUALAN SALE JUAL',
  summary: 'SUMMARY ANALYSIS',
  taxcode: 'SR ZR ZRL OS EZ ZRE SRM SRE',
  points: 'POINT POINTS POIN SALDO BALANCE MEMBER BONUS PUNKTY REWARD REWARDS LOYALTY BONUSLINK',
  date: 'DATE TANGGAL TGL DATA ДАТА TARIKH BIZDATE DT',
  time: 'TIME JAM WAKTU CZAS ВРЕМЯ ЧАС MASA',
  number:
    'INVOICE INV BILL RECEIPT RCPT DOC NOTA STRUK FAKTUR BON SLIP CHECK CHK ORDER TRANS TRX TXN TRANSACTION PARAGON ЧЕК DOCUMENT RESIT REF TICKET',
  phone:
    'TEL FAX TELP HP PHONE WA TLP TELEPHONE TELEFON H/P MOBILE HOTLINE EMAIL WWW HTTP WEBSITE CALL SMS WHATSAPP FACEBOOK INSTAGRAM',
  register: 'REG ROC NPWP REGNO REGISTRATION NIP SSM BRN REGN ИНН ЄДРПОУ',
  cashier:
    'CASHIER KASIR OPERATOR SERVER WAITER STAFF SALESPERSON SALESMAN KASJER КАССИР КАСИР OPR PELAYAN CREW SERVED',
  table: 'TABLE MEJA COUNTER STATION TERMINAL POS COVER PAX TILL LANE STORE SHIFT GUEST TAMU',
  greeting:
    'THANK THANKS THANKYOU TERIMA KASIH TERIMAKASIH WELCOME AGAIN VISIT DZIEKUJEMY СПАСИБО ДЯКУЄМО PLEASE ENJOY',
  returns:
    'GOODS SOLD RETURNABLE REFUNDABLE EXCHANGE EXCHANGEABLE REFUND RETURN DITUKAR DIKEMBALIKAN DIBELI WITHIN DAYS',
  void: 'VOID CANCEL CANCELLED BATAL ANULOWANO СТОРНО',
};

/** What one word says. `word` is normalised. */
export const labelsOf = makeLexicon(words);
