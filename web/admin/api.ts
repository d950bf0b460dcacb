import createClient from 'openapi-fetch';

/**
 * The API as far as these pages use it. Times are ISO 8601 in UTC, amounts are integers of the asset's or currency's
 * smallest part, quantities are thousandths.
 */
export type Problem = { title: string; status: number; code: string; detail: string };
export type Named = { id: string; name: string };
export type OutletRef = { id: string; code: string; name: string };
export type Reason = { code: string; ok: boolean; text: string };
export type Asset = { code: string; kind: string; scale: number };

export const evidenceStates = [
  'waiting',
  'reading',
  'verified',
  'needs-review',
  'rejected',
  'parked',
] as const;
export type EvidenceState = (typeof evidenceStates)[number];

export type EvidenceRow = {
  id: string;
  state: EvidenceState;
  receivedAt: string;
  capturedAt: string | null;
  participant: Named;
  outlet: (OutletRef & { area: string }) | null;
  merchant: string | null;
  occurredOn: string | null;
  totalMinor: number | null;
  currency: string | null;
  points: number;
  /** Only the checks that failed. */
  reasons: Reason[];
  secondsToPoints: number | null;
};
export type EvidenceList = {
  items: EvidenceRow[];
  total: number;
  next: string | null;
  /** How many there are of each state, whatever the filter. */
  counts?: Partial<Record<EvidenceState, number>>;
};

/** Corners x1,y1 ... x4,y4 in pixels of the picture. */
export type Quad = number[];
export type Field<T> = { value: T; confidence: number; text: string; quad: Quad | null };
export type ReadingItem = {
  text: string;
  quantity: number | null;
  unitPriceMinor: number | null;
  amountMinor: number | null;
  confidence: number;
  quad: Quad | null;
};
export type ArithmeticCheck = {
  code: string;
  expectedMinor: number | null;
  foundMinor: number | null;
  ok: boolean | null;
};
export type Reading = {
  engine: string;
  width: number;
  height: number;
  lines: { text: string; quad: Quad; confidence: number }[];
  merchant: Field<string> | null;
  address: Field<string> | null;
  date: Field<string> | null;
  time: Field<string> | null;
  number: Field<string> | null;
  currency: Field<string> | null;
  subtotalMinor: Field<number> | null;
  taxMinor: Field<number> | null;
  totalMinor: Field<number> | null;
  items: ReadingItem[];
  arithmetic: ArithmeticCheck[];
  confidence: number;
};

export type Product = { id: string; sku: string; name: string; isFocus: boolean };
export type Match = { item: number; product: Product | null; score: number };
export type Activity = {
  id: string;
  version: number;
  occurredAt: string;
  currency: string;
  totalMinor: number;
  lines: { line: number; text: string; quantityMilli: number; amountMinor: number }[];
};
export type RuleRef = { code: string; version: number; title: string };
export type Evaluation = {
  rule: RuleRef & { id: string };
  fired: boolean;
  reason: Reason;
  steps: string[];
  awards: { asset: string; units: number }[];
};
export type Account = { id: string; role: string; owner: string };
export type TransferRow = {
  id: string;
  tx: string;
  at: string;
  effectiveAt: string;
  kind: string;
  asset: Asset;
  units: number;
  debit: Account;
  credit: Account;
  cause: string | null;
  expiresOn: string | null;
};
export type StockEffect = {
  sku: string;
  name: string;
  outlet: string;
  beforeMilli: number;
  afterMilli: number;
};
export type Message = {
  id: string;
  channel: string;
  language: string;
  body: string | null;
  sentAt: string | null;
};

export type EvidenceDetail = EvidenceRow & {
  sha256: string;
  mediaType: string;
  byteSize: number;
  width: number;
  height: number;
  imageUrl: string;
  latitude: number | null;
  longitude: number | null;
  accuracyM: number | null;
  device: string | null;
  source: string;
  reading: Reading | null;
  outletMatch: {
    outlet: OutletRef;
    score: number;
    how: string;
  } | null;
  matches: Match[];
  verification: {
    id: string;
    verdict: string;
    reasons: Reason[];
    decidedBy: Named | null;
    note: string | null;
    decidedAt: string;
  } | null;
  duplicateOf: { id: string; receivedAt: string; participant: Named | null } | null;
  activity: Activity | null;
  evaluation: Evaluation[];
  transfers: TransferRow[];
  stock: StockEffect[];
  messages: Message[];
  timings: { receivedAt: string; readAt: string | null; postedAt: string | null };
};

export type Corrections = {
  outlet?: string;
  date?: string;
  time?: string;
  number?: string;
  totalMinor?: number;
  lines?: { item: number; product: string | null; quantityMilli: number; amountMinor: number }[];
};
export type Decision = {
  decision: 'approve' | 'reject';
  reason: string;
  /** Id of the verdict that the reviewer looked at: refused when another has come since. */
  seen?: string;
  corrections?: Corrections;
};

export type Explanation = {
  transfer: TransferRow;
  rule: RuleRef | null;
  reasons: string[];
  steps: string[];
  evidence: EvidenceRow | null;
};
export type Wallet = {
  balances: { asset: Asset; available: number; held: number; pending: number }[];
  expiry: { expiresOn: string; units: number }[];
};
export type StatementRow = {
  transfer: string;
  at: string;
  effectiveAt: string;
  kind: string;
  /** Code of the asset. */
  asset: string;
  units: number;
  balanceAfter: number;
  title: string;
  evidence: string | null;
};
export type Participant = {
  id: string;
  code: string;
  name: string;
  kind: string;
  tier: string;
  language: string;
  partner: string;
};
export type Outlet = OutletRef & {
  address: string;
  area: string;
  partner: string;
  distributor: string | null;
};
export type Me = {
  kind: 'participant' | 'staff';
  id: string;
  name: string;
  language: string;
  role?: string;
  programme: { id: string; name: string; currency: string };
  tenant: { name: string };
};
export type Person = {
  kind: 'participant' | 'staff';
  name: string;
  role: string;
  email?: string;
  note: string;
};
export type SignIn = { tenant?: string; email: string };

type Read<Body, Query = never> = { get: { parameters: { query?: Query }; responses: Answers<200, Body> } };
type ReadOne<Body, Query = never> = {
  get: { parameters: { path: { id: string }; query?: Query }; responses: Answers<200, Body> };
};
type Write<Body, Status extends number, Result, Parameters = object> = {
  post: {
    parameters: Parameters;
    requestBody: { content: { 'application/json': Body } };
    responses: Answers<Status, Result>;
  };
};
type Answers<Status extends number, Body> = Record<Status, { content: { 'application/json': Body } }> & {
  default: { content: { 'application/problem+json': Problem } };
};
type Page = { limit?: number; before?: string };
type List<Item> = { items: Item[] };

type Paths = {
  '/api/v1/auth/codes': Write<SignIn, 202, { sent: boolean; demoCode?: string }>;
  '/api/v1/auth/sessions': Write<SignIn & { code: string }, 201, { expiresAt: string }>;
  '/api/v1/auth/sessions/current': { delete: { responses: { 204: { content?: never } } } };
  '/api/v1/demo/people': Read<List<Person>>;
  '/api/v1/me': Read<Me>;
  '/api/v1/evidence': Read<EvidenceList, Page & { state?: EvidenceState }>;
  '/api/v1/evidence/{id}': ReadOne<EvidenceDetail>;
  '/api/v1/evidence/{id}/review': Write<
    Decision,
    200,
    EvidenceDetail,
    { path: { id: string }; header: { 'Idempotency-Key': string } }
  >;
  '/api/v1/transfers/{id}/explanation': ReadOne<Explanation>;
  '/api/v1/participants': Read<List<Participant>>;
  '/api/v1/participants/{id}/wallet': ReadOne<Wallet>;
  '/api/v1/participants/{id}/statement': ReadOne<List<StatementRow> & { next: string | null }, Page>;
  '/api/v1/outlets': Read<List<Outlet>>;
  '/api/v1/products': Read<List<Product>>;
};

export const client = createClient<Paths>();

/** What an answer that is not a success becomes: thrown, so that a query or mutation carries it to the screen. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.code = problem.code;
    this.status = problem.status;
  }
}

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** The body of an answer. Throws a `Refusal` when the server says no, and also when something else than it answered. */
export async function bodyOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await asked;
  if (response.ok) return data as Data;
  const problem = error as Partial<Problem> | undefined;
  throw new Refusal({
    status: response.status,
    code: problem?.code ?? 'unreachable',
    title: problem?.title ?? response.statusText,
    detail: problem?.detail ?? '',
  });
}

/** 128 random bits. `crypto.randomUUID` is absent on plain http, where an own server may well be. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
