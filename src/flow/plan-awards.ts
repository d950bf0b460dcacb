import assert from 'node:assert/strict';
import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { accountId, assetId, openAccounts } from '../ledger/accounts.ts';
import { transfersByIds, transfersThatFollow } from '../ledger/read.ts';
import { planTakeBacks, type ClawbackPolicy, type TakeBack } from '../ledger/reverse.ts';
import type { NewTransfer } from '../ledger/transfer.ts';
import type { Programme } from '../network/programmes.ts';
import { differenceOf, type Difference } from '../rules/difference.ts';
import { awardsOf, type Award, type Evaluation } from '../rules/evaluation.ts';
import { eventId, timeOf, type Id, type TransferId } from '../shared/id.ts';

/** The asset whose change the participant is told. */
export const points = 'points';
const clawbackUsual: ClawbackPolicy = 'within-balance';

/**
 * The id of the transfer that pays an award: made from the version of the activity that first earned it and the part of
 * the rule, so that a transfer can be traced back to its award, and posting twice is harmless.
 */
export function awardTransferId(
  tx: Tx,
  activity: { id: Activity['id']; version: number },
  { rule, leg, asset }: Pick<Award, 'rule' | 'leg' | 'asset'>,
): TransferId {
  return eventId(
    timeOf(activity.id),
    tx.tenant,
    'award',
    activity.id,
    String(activity.version),
    rule,
    leg,
    asset,
  );
}

/** The transfers of one version of an activity share this, and stand or fall together. */
export function groupOf(tx: Tx, activity: Activity): Id<string> {
  return eventId(timeOf(activity.id), tx.tenant, 'activity', activity.id, String(activity.version));
}

/** An award that is in the book, whose it is, and what of it has not been taken back. */
type Standing = { award: Award; transfer: TransferId; owner: Id<string>; left: bigint };

/**
 * What to post so that the book says what the newest evaluation says: awards that are missing, and take-backs under the
 * programme's policy of what earlier versions were given too much. `points` is the change in the participant's points.
 */
export async function planAwards(
  tx: Tx,
  programme: Programme,
  activity: Activity,
  earlier: readonly Evaluation[],
  evaluation: Evaluation,
): Promise<{ transfers: NewTransfer[]; points: bigint }> {
  const standing = await standingAwards(tx, earlier);
  const own = standing.filter(({ owner }) => owner === activity.participant);
  const differences = differenceOf(unitsLeft(own), awardsOf(evaluation));
  const grants = differences.filter((difference) => difference.kind === 'award');
  const transfers = await grantTransfers(tx, programme, activity, grants);
  const taken = await takeBacks(tx, programme, activity, [
    ...allotAll(differences, own),
    // An earlier version named somebody else: what they got for it goes back as a whole.
    ...standing.filter((one) => !own.includes(one)).map(wholly),
  ]);
  const given = grants.reduce((sum, { asset, units }) => sum + (asset === points ? units : 0n), 0n);
  return { transfers: [...transfers, ...taken.transfers], points: given - taken.points };
}

async function standingAwards(tx: Tx, earlier: readonly Evaluation[]): Promise<Standing[]> {
  const known = earlier.flatMap((evaluation) =>
    awardsOf(evaluation).map((award) => {
      const { activity: id, version } = evaluation;
      return { award, transfer: awardTransferId(tx, { id, version }, award) };
    }),
  );
  const ids = known.map(({ transfer }) => transfer);
  const booked = await transfersByIds(tx, ids);
  const followers = await transfersThatFollow(tx, ids);
  return known.flatMap(({ award, transfer }) => {
    const given = booked.find((each) => each.id === transfer);
    if (!given) return [];
    const { amount, to } = given;
    const back = followers.reduce((sum, each) => sum + (each.reverses === transfer ? each.amount : 0n), 0n);
    return amount > back ? [{ award, transfer, owner: to.owner, left: amount - back }] : [];
  });
}

async function grantTransfers(
  tx: Tx,
  programme: Programme,
  activity: Activity,
  grants: readonly Difference[],
): Promise<NewTransfer[]> {
  const assets = [...new Set(grants.map(({ asset }) => assetId(tx.tenant, asset)))];
  await openAccounts(
    tx,
    assets.flatMap((asset) => [
      { asset, owner: programme.id, role: 'issued' as const },
      { asset, owner: activity.participant, role: 'available' as const },
    ]),
  );
  return grants.map((grant) => {
    const asset = assetId(tx.tenant, grant.asset);
    return {
      id: awardTransferId(tx, activity, grant),
      tx: groupOf(tx, activity),
      asset,
      debit: accountId(tx.tenant, programme.id, 'issued', asset),
      credit: accountId(tx.tenant, activity.participant, 'available', asset),
      amount: grant.units,
      kind: 'award',
      effectiveAt: activity.occurredAt,
      expiresOn: grant.expiresOn,
      cause: activity.id,
      taxClass: grant.taxClass,
    };
  });
}

async function takeBacks(
  tx: Tx,
  programme: Programme,
  activity: Activity,
  wanted: readonly Allotted[],
): Promise<{ transfers: NewTransfer[]; points: bigint }> {
  const policy = programme.settings.clawback ?? clawbackUsual;
  if (wanted.length === 0) return { transfers: [], points: 0n };
  const group = groupOf(tx, activity);
  const plans = await planTakeBacks(
    tx,
    wanted.map(({ earning, amount }): TakeBack => ({ earning, amount, policy })),
    {
      tx: group,
      key: group,
      recordedAt: timeOf(activity.id),
      effectiveAt: activity.occurredAt,
      cause: activity.id,
    },
  );
  const transfers: NewTransfer[] = [];
  let taken = 0n;
  for (const [i, plan] of plans.entries()) {
    assert(plan.ok, `what stands in the book can be taken back: ${plan.ok ? '' : plan.refused}`);
    transfers.push(...plan.transfers);
    const { pending, available, debt } = plan.split;
    if (wanted[i]!.asset === points && wanted[i]!.owner === activity.participant)
      taken += pending + available + debt;
  }
  return { transfers, points: taken };
}

/** What is to be taken back of one transfer. */
type Allotted = { earning: TransferId; owner: Id<string>; asset: string; amount: bigint };

function unitsLeft(standing: readonly Standing[]): Award[] {
  return standing.map(({ award, left }) => ({ ...award, units: left }));
}

function wholly({ award, transfer, owner, left }: Standing): Allotted {
  return { earning: transfer, owner, asset: award.asset, amount: left };
}

function allotAll(differences: readonly Difference[], standing: readonly Standing[]): Allotted[] {
  return differences.filter(({ kind }) => kind === 'take-back').flatMap((one) => allot(one, standing));
}

// The newest award goes first, as the last one that was believed.
function allot(difference: Difference, standing: readonly Standing[]): Allotted[] {
  let rest = difference.units;
  const parts: Allotted[] = [];
  for (const one of standing.toReversed()) {
    if (rest === 0n || !isSamePart(one.award, difference)) continue;
    const amount = one.left < rest ? one.left : rest;
    parts.push({ ...wholly(one), amount });
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
