import type {
  ActivityId,
  EvidenceId,
  OutletId,
  ParticipantId,
  ProductId,
  ProgrammeId,
} from '../shared/id.ts';

/** What a kind of activity tells besides people, place, money and goods: a number of facings, whether a quiz was passed. */
export type Attributes = { readonly [name: string]: string | number | boolean };

/** One version of what we believe happened: who, where, when, which goods, how much. */
export type Activity = {
  id: ActivityId;
  /** 1, 2, 3 ...: a correction is a new version, and the highest counts. */
  version: number;
  /** What sort of thing happened, such as `receipt`. */
  kind: string;
  programme: ProgrammeId;
  evidence: EvidenceId | null;
  participant: ParticipantId;
  outlet: OutletId;
  /** When it happened: decides dates, limits and which version of a rule applies. */
  occurredAt: Date;
  /** When this version was recorded; never earlier than the version before. */
  recordedAt: Date;
  /** ISO 4217. */
  currency: string;
  /** Of the whole paper, in the currency's minor unit; the lines need not add up to it (tax, goods of others). */
  totalMinor: bigint;
  /** Of the total, what was paid with points or vouchers; absent: nothing. */
  pointsMinor?: bigint;
  /** By the names that the programme declares for the kind (`ProgrammeSettings.kinds`); absent: none. */
  attributes?: Attributes;
  /** Counts for nothing from this version on. */
  withdrawn: boolean;
  /** Why this version was made; null for the first. */
  reason: string | null;
  lines: ActivityLine[];
};

export type ActivityLine = {
  /** The number of the line on the paper, from 0; what lies between may be missing. */
  line: number;
  /** As printed. */
  text: string;
  /** Null: not one of the principal's goods. */
  product: ProductId | null;
  /** SKU, category and focus as the catalogue had them when this version was recorded. */
  sku: string | null;
  category: string | null;
  isFocus: boolean;
  /** Thousandths of a piece, kilogram or litre. */
  quantityMilli: bigint;
  /** Paid for the line, in the currency's minor unit; negative for a discount or a return. */
  amountMinor: bigint;
};

/** What a source says happened. Source and external key together name it for ever, however often it is sent. */
export type NewActivity = {
  /** Where the key comes from, such as `evidence` or a distributor's feed. */
  source: string;
  externalKey: string;
  kind: string;
  programme: ProgrammeId;
  evidence: EvidenceId | null;
  participant: ParticipantId;
  outlet: OutletId;
  occurredAt: Date;
  currency: string;
  totalMinor: bigint;
  /** Of the total, what was paid with points or vouchers. */
  pointsMinor?: bigint;
  attributes?: Attributes | undefined;
  lines: NewActivityLine[];
  /** True takes the activity back: it counts for nothing from then on. */
  withdrawn?: boolean | undefined;
  /** True lets an activity that was withdrawn count again though its content is the same as before. */
  reopened?: boolean | undefined;
  /** Why the version is made: a reviewer's note, a distributor's restatement. */
  reason?: string | null | undefined;
};

export type NewActivityLine = Pick<
  ActivityLine,
  'line' | 'text' | 'product' | 'quantityMilli' | 'amountMinor'
>;
