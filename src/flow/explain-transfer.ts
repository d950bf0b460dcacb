import type { Language } from '../../web/texts/say.ts';
import type { Activity } from '../activity/activity.ts';
import { activityById } from '../activity/read.ts';
import type { Tx } from '../db/transact.ts';
import { massActionById } from '../ledger/find-transfers.ts';
import { closingBehind } from '../ledger/period.ts';
import { transferById, type BookedTransfer } from '../ledger/read.ts';
import { outletsByIds, type Outlet } from '../network/outlets.ts';
import { participantById, type Participant } from '../network/participants.ts';
import { productsByIds, type Product } from '../network/products.ts';
import { staffById } from '../network/staff.ts';
import type { ActivityId, Id, StaffId, TransferId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import { dayAt, timeZoneOf } from './calendar.ts';
import type { ExplainedRule } from './explain-award.ts';
import { explainUnits, type UnitsExplained } from './explain-units.ts';
import { nameOwners } from './name-owners.ts';
import { awardBehind, ruleBehind } from './rule-behind.ts';
import { tellEvidence, type EvidenceStory } from './tell-evidence.ts';

/** Why a transfer was made. `rule` is null where no rule decided, as for goods that were sold. */
export type TransferExplained = {
  transfer: BookedTransfer;
  rule: ExplainedRule | null;
  activity: ActivityTold | null;
  story: EvidenceStory | null;
  /** The names of whose accounts it moved between. */
  owners: ReadonlyMap<Id<string>, string>;
  /** Of a spend the lots and earnings that paid for it, of an earning what used it. */
  units: UnitsExplained;
  /** Somebody of the brand's own people did it to many transfers at once, and said why. */
  byHand: { name: string; reason: string } | null;
  /** Where the books of that time were closed already: the day it happened, and the first open day, under which it is booked. */
  bookedLate: { happenedOn: Day; bookedOn: Day } | null;
};

/** What happened, with who and what is named in it. */
type ActivityTold = {
  activity: Activity;
  participant: Participant;
  outlet: Outlet | null;
  products: Product[];
};

/**
 * Walks from a transfer to the version of the rule that awarded it, its arithmetic, the activity and the evidence, and to
 * the transfers that its units came from and went to. What was taken back is explained by the award that it takes back.
 * `reader` sees the units of the account of this owner only; null sees those of both. Null for an unknown transfer.
 */
export async function explainTransfer(
  tx: Tx,
  id: TransferId,
  language: Language,
  reader: Id<string> | null,
): Promise<TransferExplained | null> {
  const transfer = await transferById(tx, id);
  if (!transfer) return null;
  // Most causes are activities; an id that is none finds nothing.
  const { cause } = (await awardBehind(tx, transfer)) ?? transfer;
  const activity = cause ? await activityById(tx, cause as string as ActivityId) : null;
  const owners = await nameOwners(tx, [transfer.from.owner, transfer.to.owner]);
  const rule = await ruleBehind(tx, transfer, language);
  // What somebody else did is not shown to those who are paid for it, nor is its paper.
  const isShown = reader === null || rule?.considered.to === undefined;
  const story = isShown && activity?.evidence ? await tellEvidence(tx, activity.evidence) : null;
  const bookedLate = activity && (await tellLate(tx, transfer, activity));
  const units = await explainUnits(tx, transfer, language, reader);
  const byHand = transfer.cause ? await tellAction(tx, transfer.cause) : null;
  const told = isShown && activity ? await tellActivity(tx, activity) : null;
  return { transfer, rule, activity: told, story, owners, units, byHand, bookedLate };
}

async function tellActivity(tx: Tx, activity: Activity): Promise<ActivityTold> {
  const [outlet = null] = await outletsByIds(tx, [activity.outlet]);
  const goods = [...new Set(activity.lines.flatMap(({ product }) => product ?? []))];
  return {
    activity,
    participant: (await participantById(tx, activity.participant))!,
    outlet,
    products: await productsByIds(tx, goods),
  };
}

async function tellAction(tx: Tx, cause: Id<string>): Promise<TransferExplained['byHand']> {
  const action = await massActionById(tx, cause);
  if (!action) return null;
  const person = await staffById(tx, action.doneBy as string as StaffId);
  return { name: person?.name ?? '', reason: action.reason };
}

async function tellLate(
  tx: Tx,
  transfer: BookedTransfer,
  { occurredAt }: Activity,
): Promise<TransferExplained['bookedLate']> {
  const closing = await closingBehind(tx, transfer, occurredAt);
  if (!closing) return null;
  const timeZone = await timeZoneOf(tx);
  return { happenedOn: dayAt(occurredAt, timeZone), bookedOn: dayAt(closing, timeZone) };
}
