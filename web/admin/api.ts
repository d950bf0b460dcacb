import createClient from 'openapi-fetch';
import type { components, paths } from '../api.d.ts';

/**
 * The words of the API that these pages use. Times are ISO 8601 in UTC, amounts are integers of the asset's or
 * currency's smallest part, quantities are thousandths.
 */
type Schemas = components['schemas'];
type Body<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Answer } } } };
}
  ? Answer
  : never;

export type EvidenceRow = Schemas['EvidenceRow'];
export type EvidenceList = Body<'/api/v1/evidence'>;
export type EvidenceDetail = Schemas['Evidence'];
export type Reason = Schemas['Reason'];
export type Reading = NonNullable<Schemas['Reading']>;
export type ReadingItem = Reading['items'][number];
/** Corners x1,y1 ... x4,y4 in pixels of the picture. */
export type Quad = number[];
export type Field<T> = { value: T; confidence: number; text: string; quad: Quad | null };
export type Match = EvidenceDetail['matches'][number];
export type Evaluation = Schemas['RuleTrace'];
export type Message = Schemas['Message'];
export type TransferRow = Schemas['Transfer'];
export type Account = TransferRow['debit'];
export type Asset = TransferRow['asset'];
export type Explanation = Omit<Schemas['Explanation'], 'evidence'> & { evidence: EvidenceRow | null };
export type Wallet = Schemas['Wallet'];
export type StatementRow = Schemas['Statement']['items'][number];
export type Decision = Schemas['Review'];
export type Corrections = NonNullable<Decision['corrections']>;
export type Participant = Schemas['Participant'];
export type Link = Schemas['Link'];
export type Rule = Schemas['Rule'];
export type RuleState = Rule['versions'][number]['state'];
export type RuleNames = Schemas['RuleNames'];
export type ActivityKind = Schemas['ActivityKind'];
export type Tried = Schemas['TriedActivity'];
export type Replay = Schemas['Replay'];
export type ReplayResult = NonNullable<Schemas['ReplayResult']>;
export type Product = Schemas['Product'];
export type Experiment = Schemas['Experiment'];
export type ApiKey = Schemas['ApiKey'];
export type Goal = Schemas['Goal'];
export type GoalStanding = Schemas['GoalStanding'];
export type StandingOf = Schemas['StandingOf'];
export type Tiers = Schemas['Tiers'];
export type TierSizes = Schemas['TierSizes'];
export type Discount = Schemas['Discount'];
export type Segment = Schemas['Segment'];
export type ProgressDocument = Schemas['ProgressDocument'];
export type Activity = NonNullable<Schemas['Activity']>;
export type Me = Schemas['Me'];
export type Person = Body<'/api/v1/demo/people'>['items'][number];

/** In the order in which a receipt comes through them, the tabs of the list. */
export const evidenceStates = [
  'waiting',
  'reading',
  'verified',
  'needs-review',
  'rejected',
  'parked',
] as const satisfies readonly EvidenceRow['state'][];
export type EvidenceState = EvidenceRow['state'];

/** In the order in which a rule comes through them. */
export const ruleStates = ['draft', 'proposed', 'live', 'retired'] as const satisfies readonly RuleState[];

export const client = createClient<paths>();

/** What an answer that is not a success becomes: thrown, so that a query or mutation carries it to the screen. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(status: number, code: string, sentence: string) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** The body of an answer. Throws a `Refusal` when the server says no, and also when something else than it answered. */
export async function bodyOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await asked;
  if (response.ok) return data as Data;
  const problem = error as Partial<Schemas['Problem']> | undefined;
  throw new Refusal(response.status, problem?.code ?? 'unreachable', problem?.detail ?? problem?.title ?? '');
}

/** 128 random bits. `crypto.randomUUID` is absent on plain http, where an own server may well be. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
