/**
 * What a receipt picture says, as read by one version of the engine. Plain JSON: it is stored as it is.
 * All quads are in pixels of the stored picture after `turn`, so a screen can draw them over it.
 */

/** Four corners clockwise from the top left of the text: x1,y1, x2,y2, x3,y3, x4,y4. */
export type Quad = [number, number, number, number, number, number, number, number];

/** Degrees clockwise. */
export type Turn = 0 | 90 | 180 | 270;

/** One run of text as the recogniser gave it. Confidence is 0..1, calibrated on receipts not used in training. */
export type TextLine = { text: string; quad: Quad; confidence: number };

/** All text of a picture, as the engine gave it: quads and sizes in pixels after `turn`. */
export type Page = { lines: TextLine[]; width: number; height: number; turn: Turn };

/** A value read from the picture: where it stood, what stood there, and how sure we are (0..1). */
export type Field<T> = { value: T; confidence: number; text: string; quad: Quad | null };

/** One bought item. Amounts are integers of the currency's minor unit; null where nothing was printed or readable. */
export type ReadingItem = {
  text: string;
  quantity: number | null;
  unitPriceMinor: number | null;
  amountMinor: number | null;
  confidence: number;
  quad: Quad | null;
};

/** A sum that should hold on the paper. `ok` null means that a part of it was not printed. */
export type ArithmeticCheck = {
  code: 'items-to-subtotal' | 'items-to-total' | 'subtotal-and-tax-to-total' | 'quantity-times-price';
  expectedMinor: number | null;
  foundMinor: number | null;
  ok: boolean | null;
};

export type Reading = {
  /** Engine and weights, such as `ppocr-4/extract-1`. */
  engine: string;
  /**
   * Clockwise turn that stands the stored picture upright. Phones often note no orientation, and only reading tells.
   * `width`, `height` and every quad are in the frame AFTER this turn; who serves the picture turns it the same way.
   */
  turn: Turn;
  /** Size of the stored picture in pixels, after the turn. */
  width: number;
  height: number;
  lines: TextLine[];
  merchant: Field<string> | null;
  address: Field<string> | null;
  /** ISO date, `2018-03-21`. */
  date: Field<string> | null;
  /** 24-hour clock, `18:05` or `18:05:33`. */
  time: Field<string> | null;
  number: Field<string> | null;
  /** ISO 4217. Confidence below 1 means it was inferred from the locale and not printed. */
  currency: Field<string> | null;
  subtotalMinor: Field<number> | null;
  taxMinor: Field<number> | null;
  totalMinor: Field<number> | null;
  items: ReadingItem[];
  arithmetic: ArithmeticCheck[];
  /** Whole reading, 0..1: what auto-approval is judged by. */
  confidence: number;
};

/** What is known of the place before reading: decides the order of dates, the decimal mark and the default currency. */
export type Locale = { currency: string; timeZone: string; dateOrder: 'dmy' | 'mdy' | 'ymd' };
