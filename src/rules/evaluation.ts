import type { Activity } from '../activity/activity.ts';
import type { ActivityId, ParticipantId, RuleId } from '../shared/id.ts';
import type { PassedOver } from './select.ts';

/** What is known about an activity beside itself, as it was when the event happened. Null: not known. */
export type Facts = {
  /** IANA name; days and hours of the event are those of this clock. */
  timeZone: string;
  participant: {
    kind: string | null;
    tier: string | null;
    /** Codes of the segments that the participant belonged to; absent where segments are not known. */
    segments?: readonly string[];
  };
  /** `areas`: codes from the outlet's own area up to the top of the tree. */
  outlet: { code: string; channel: string | null; areas: readonly string[] } | null;
  /** By `payeeName`: who was linked on the day of the event, null where nobody was; absent where no rule asked. */
  links?: Readonly<Record<string, ParticipantId | null>>;
};

export type Subject = { activity: Activity; facts: Facts };

/** A value in a reason: plain, money, or units of an asset in its smallest part. All of it is JSON. */
export type Fact = string | number | { minor: number; currency: string } | { units: number; asset: string };

/** The closed list: why a rule fired or did not. */
export type ReasonCode =
  | 'fired'
  | 'before-period'
  | 'after-period'
  | 'other-participant'
  | 'other-tier'
  | 'other-segment'
  | 'other-area'
  | 'other-channel'
  | 'other-outlet'
  | 'in-hold-out'
  | 'other-currency'
  | 'no-eligible-line'
  | 'condition-false'
  | 'comparison-false'
  | 'context-missing'
  | 'nobody-linked'
  | 'cannot-evaluate'
  | 'nothing-earned'
  | 'nothing-to-multiply'
  | 'limit-reached'
  | 'lower-in-stacking'
  | 'excluded'
  | 'counted'
  | 'goal-reached'
  | 'goal-short'
  | 'goal-without-target'
  | 'streak-short';

/** A sentence in every language: its code and the values in it. */
export type Reason = { code: ReasonCode; facts: Readonly<Record<string, Fact>> };

type StepCode =
  | 'once'
  | 'lines'
  | 'lines-formula'
  | 'quantity'
  | 'quantity-steps'
  | 'amount'
  | 'by-line'
  | 'formula'
  | 'multiply'
  | 'goal'
  | 'goal-counted'
  | 'goal-in-a-row'
  | 'volume'
  | 'net-of-discount'
  | 'net-of-points'
  | 'share'
  | 'share-units'
  | 'certificate'
  | 'draw'
  | 'message'
  | 'limit'
  | 'over-limit';

/** One line of the arithmetic. */
export type Step = { code: StepCode; facts: Readonly<Record<string, Fact>> };

/** What should be posted. */
export type Award = {
  rule: RuleId;
  code: string;
  version: number;
  /** Names the part of the rule; with rule and asset it names the award within its activity. */
  leg: string;
  asset: string;
  /** Smallest parts of the asset, above zero. */
  units: bigint;
  /** The last day on which the units can be spent. */
  expiresOn?: string;
  /** They cannot be spent yet: through a day, or until an event is told. */
  pending?: { through: string } | { until: string };
  taxClass?: string;
  /** Who is paid, where it is not the participant. */
  to?: ParticipantId;
};

/** What is granted beside units of the ledger: so many certificates or entries in a draw by their name, or a message. */
export type Grant = {
  kind: 'certificate' | 'draw' | 'message';
  leg: string;
  /** Of a message: the leg, by which the rule's document has its texts. */
  name: string;
  count: number;
};

/** What one rule made of an activity. */
export type Considered = {
  rule: RuleId;
  code: string;
  version: number;
  fired: boolean;
  reason: Reason;
  steps: Step[];
  awards: Award[];
  /** Who is paid, where it is not the participant. */
  to?: ParticipantId;
  /** Absent where the rule granted nothing of the kind. */
  grants?: Grant[];
};

/** What a limit counts: units of an asset that a rule granted to a subject in a period. */
export type UsageKey = { rule: RuleId; subject: string; asset: string; period: string };
export type Use = UsageKey & { units: bigint };
/** Units granted so far, by `usageName`; what is absent is zero. */
export type Usage = ReadonlyMap<string, bigint>;

export type Evaluation = {
  activity: ActivityId;
  version: number;
  considered: Considered[];
  /** What the awards use of their limits; empty for a withdrawn activity, which gives everything back. */
  uses: Use[];
  /** How many rules the index left out, by the first fact that they do not fit; absent where all were considered. */
  passedOver?: PassedOver;
};

/** The name of a usage key in a `Usage`. */
export function usageName({ rule, subject, asset, period }: UsageKey): string {
  return `${rule} ${subject} ${asset} ${period}`;
}

/** Everything an evaluation says should be posted. */
export function awardsOf(evaluation: Evaluation): Award[] {
  return evaluation.considered.flatMap(({ awards }) => awards);
}
