import assert from 'node:assert/strict';
import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { accountId, assetId, type NewAccount } from '../ledger/accounts.ts';
import type { Waiting } from '../ledger/activate.ts';
import { transfersByIds, transfersThatFollow } from '../ledger/read.ts';
import {
  planTakeBacks,
  type ClawbackPolicy,
  type PlannedTakeBack,
  type TakeBack,
} from '../ledger/reverse.ts';
import type { NewTransfer } from '../ledger/transfer.ts';
import type { Programme } from '../network/programmes.ts';
import { differenceOf, type Difference } from '../rules/difference.ts';
import { awardsOf, type Award, type Evaluation } from '../rules/evaluation.ts';
import { partId, timeOf, type AccountId, type AssetId, type Id, type TransferId } from '../shared/id.ts';

/** The asset whose change the participant is told. */
export const points = 'points';
/** Where the programme says nothing. */
export const clawbackUsual: ClawbackPolicy = 'within-balance';

/**
 * The id of the transfer that pays an award: made from the version of the activity that first earned it and the part of
 * the rule, so that a transfer can be traced back to its award, and posting twice is harmless.
 */
export function awardTransferId(
  activity: { id: Activity['id']; version: number },
  { rule, leg, asset }: Pick<Award, 'rule' | 'leg' | 'asset'>,
): TransferId {
  return partId(activity.id, 'award', String(activity.version), rule, leg, asset);
}

/** The transfers of one version of an activity share this, and stand or fall together. The first version needs no other name. */
export function groupOf({ id, version }: Pick<Activity, 'id' | 'version'>): Id<string> {
  return version === 1 ? id : partId(id, 'version', String(version));
}

/** What earns: an activity in a version, or somebody's goal in one of its turns. The participant is who is paid. */
export type Earning = Pick<Activity, 'id' | 'version' | 'participant' | 'occurredAt'>;

/** What earns in its newest version, what the rules make of it, and what they made of its earlier versions. */
export type Judged = { activity: Earning; evaluation: Evaluation; earlier: readonly Evaluation[] };

/**
 * What to post for each activity, in order, and the change in its participant's points; in those of others where a rule
 * pays (or paid) somebody who is linked.
 */
export type PlannedAwards = {
  transfers: NewTransfer[];
  waiting: Waiting[];
  points: bigint;
  others: Map<Id<string>, bigint>;
};

/** An award that is in the book, whose it is, and what of it has not been taken back. */
type Standing = { award: Award; transfer: TransferId; owner: Id<string>; left: bigint };

/**
 * What to post so that the book says what the newest evaluations say: awards that are missing, and take-backs under the
 * programme's policy of what earlier versions were given too much. `accounts` must be open before the awards are posted.
 */
export async function planAwards(
  tx: Tx,
  programme: Programme,
  judged: readonly Judged[],
): Promise<{ plans: PlannedAwards[]; accounts: NewAccount[] }> {
  const standing = await standingAwards(
    tx,
    judged.flatMap(({ earlier }) => earlier),
  );
  const issuing = issuingOf(tx, programme);
  const accounts: NewAccount[] = [];
  const plans: PlannedAwards[] = [];
  const allotted: Allotted[] = [];
  for (const { activity, evaluation } of judged) {
    const all = standing.get(activity.id) ?? [];
    const awards = awardsOf(evaluation);
    const plan: PlannedAwards = { transfers: [], waiting: [], points: 0n, others: new Map() };
    plans.push(plan);
    // Whom rules pay, and whom an earlier version named: what they got for it goes back.
    const owners = new Set<Id<string>>([activity.participant]);
    for (const { to } of awards) if (to) owners.add(to);
    for (const { owner, award } of all) {
      owners.add(owner);
      if (award.to) plan.others.set(owner, 0n);
    }
    for (const owner of owners) {
      const own = all.filter((one) => one.owner === owner);
      const due = awards.filter(({ to = activity.participant }) => to === owner);
      const differences = differenceOf(unitsLeft(own), due);
      const granted = grant(tx, programme, { activity, owner }, differences, issuing);
      accounts.push(...granted.accounts);
      plan.transfers.push(...granted.transfers);
      plan.waiting.push(...granted.waiting);
      if (owner === activity.participant) plan.points += granted.points;
      else if (due.length > 0) plan.others.set(owner, granted.points);
      allotted.push(...allotAll(activity, differences, own));
    }
  }
  const places = new Map(judged.map(({ activity }, index) => [activity, index]));
  for (const { of, plan } of await takeBacks(tx, programme, allotted)) {
    const { transfers, split } = plan;
    const planned = plans[places.get(of.activity)!]!;
    planned.transfers.push(...transfers);
    if (of.asset !== points) continue;
    const back = split.pending + split.available + split.debt;
    const other = planned.others.get(of.owner);
    if (of.owner === of.activity.participant) planned.points -= back;
    else if (other !== undefined) planned.others.set(of.owner, other - back);
  }
  return { plans, accounts };
}

/** What earlier evaluations awarded and is still with its owner, by activity. */
async function standingAwards(
  tx: Tx,
  earlier: readonly Evaluation[],
): Promise<Map<Activity['id'], Standing[]>> {
  const known = earlier.flatMap((evaluation) =>
    awardsOf(evaluation).map((award) => {
      const { activity: id, version } = evaluation;
      return { activity: id, award, transfer: awardTransferId({ id, version }, award) };
    }),
  );
  if (known.length === 0) return new Map();
  const ids = known.map(({ transfer }) => transfer);
  const booked = new Map((await transfersByIds(tx, ids)).map((transfer) => [transfer.id, transfer]));
  const reversals = Map.groupBy(await transfersThatFollow(tx, ids), ({ reverses }) => reverses);
  const standing = new Map<Activity['id'], Standing[]>();
  for (const { activity, award, transfer } of known) {
    const given = booked.get(transfer);
    if (!given) continue;
    const back = (reversals.get(transfer) ?? []).reduce((sum, { amount }) => sum + amount, 0n);
    if (given.amount === back) continue;
    const one = { award, transfer, owner: given.to.owner, left: given.amount - back };
    standing.set(activity, [...(standing.get(activity) ?? []), one]);
  }
  return standing;
}

function grant(
  tx: Tx,
  programme: Programme,
  { activity, owner }: { activity: Earning; owner: Id<string> },
  differences: readonly Difference[],
  issuing: (asset: string) => Issuing,
): Omit<PlannedAwards, 'others'> & { accounts: NewAccount[] } {
  const accounts: NewAccount[] = [];
  const transfers: NewTransfer[] = [];
  const waiting: Waiting[] = [];
  let given = 0n;
  for (const difference of differences) {
    if (difference.kind !== 'award') continue;
    const { asset, issued } = issuing(difference.asset);
    const role = difference.pending ? 'pending' : 'available';
    const credit = accountId(tx.tenant, owner, role, asset);
    accounts.push(
      { id: issued, asset, owner: programme.id, role: 'issued' },
      { id: credit, asset, owner, role },
    );
    const id = awardTransferId(activity, difference);
    if (difference.pending)
      waiting.push({ earning: id, cause: activity.id, programme: programme.id, ...difference.pending });
    transfers.push({
      id,
      tx: groupOf(activity),
      asset,
      debit: issued,
      credit,
      amount: difference.units,
      kind: 'award',
      effectiveAt: activity.occurredAt,
      expiresOn: difference.expiresOn,
      cause: activity.id,
      taxClass: difference.taxClass,
    });
    if (difference.asset === points) given += difference.units;
  }
  return { transfers, waiting, accounts, points: given };
}

/** An asset, and the account out of which a programme issues it. */
type Issuing = { asset: AssetId; issued: AccountId };

// A batch issues a few assets a thousand times.
function issuingOf(tx: Tx, programme: Programme): (code: string) => Issuing {
  const known = new Map<string, Issuing>();
  return (code) => {
    const found = known.get(code);
    if (found) return found;
    const asset = assetId(tx.tenant, code);
    const made = { asset, issued: accountId(tx.tenant, programme.id, 'issued', asset) };
    known.set(code, made);
    return made;
  };
}

async function takeBacks(
  tx: Tx,
  programme: Programme,
  wanted: readonly Allotted[],
): Promise<{ of: Allotted; plan: Extract<PlannedTakeBack, { ok: true }> }[]> {
  if (wanted.length === 0) return [];
  const policy = programme.settings.clawback ?? clawbackUsual;
  const plans = await planTakeBacks(
    tx,
    wanted.map(({ activity, earning, amount }): TakeBack => {
      const group = groupOf(activity);
      const { id, occurredAt: effectiveAt } = activity;
      const because = { tx: group, key: group, recordedAt: timeOf(id), effectiveAt, cause: id };
      return { earning, amount, policy, because };
    }),
  );
  return plans.map((plan, index) => {
    assert(plan.ok, `what stands in the book can be taken back: ${plan.ok ? '' : plan.refused}`);
    return { of: wanted[index]!, plan };
  });
}

/** What is to be taken back of one transfer, because of an activity. */
type Allotted = {
  activity: Earning;
  earning: TransferId;
  owner: Id<string>;
  asset: string;
  amount: bigint;
};

function unitsLeft(standing: readonly Standing[]): Award[] {
  return standing.map(({ award, left }) => ({ ...award, units: left }));
}

function wholly(activity: Earning, { award, transfer, owner, left }: Standing): Allotted {
  return { activity, earning: transfer, owner, asset: award.asset, amount: left };
}

function allotAll(
  activity: Earning,
  differences: readonly Difference[],
  standing: readonly Standing[],
): Allotted[] {
  return differences
    .filter(({ kind }) => kind === 'take-back')
    .flatMap((one) => allot(activity, one, standing));
}

// The newest award goes first, as the last one that was believed.
function allot(activity: Earning, difference: Difference, standing: readonly Standing[]): Allotted[] {
  let rest = difference.units;
  const parts: Allotted[] = [];
  for (const one of standing.toReversed()) {
    if (rest === 0n || !isSamePart(one.award, difference)) continue;
    const amount = one.left < rest ? one.left : rest;
    parts.push({ ...wholly(activity, one), amount });
    rest -= amount;
  }
  return parts;
}

function isSamePart(a: Omit<Award, 'units'>, b: Omit<Award, 'units'>): boolean {
  return (
    a.rule === b.rule &&
    a.leg === b.leg &&
    a.asset === b.asset &&
    a.expiresOn === b.expiresOn &&
    a.taxClass === b.taxClass
  );
}
