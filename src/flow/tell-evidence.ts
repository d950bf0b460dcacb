import type { Activity } from '../activity/activity.ts';
import { activitiesOfEvidence, activityIdsOfEvidence } from '../activity/read.ts';
import type { Tx } from '../db/transact.ts';
import {
  newestReading,
  readingSummaries,
  type ReadingSummary,
  type StoredReading,
} from '../evidence/keep-reading.ts';
import { listEvidence, type EvidenceListed } from '../evidence/read.ts';
import { newestVerifications, verificationsOf, type Verification } from '../evidence/verifications.ts';
import { balanceAsOf } from '../ledger/as-of.ts';
import { transfersOfCauses, type BookedTransfer } from '../ledger/read.ts';
import { outletsByIds, type Outlet } from '../network/outlets.ts';
import { participantsByIds, type Participant } from '../network/participants.ts';
import { productsByIds, type Product } from '../network/products.ts';
import { staffById, type Staff } from '../network/staff.ts';
import { messagesOfCauses, type Message } from '../notify/outbox.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { rulesByVersion, type StoredRule } from '../rules/read-rules.ts';
import type { EvidenceId, Id, OutletId } from '../shared/id.ts';
import type { PeoplePaid } from './explain-award.ts';
import { wholeEvaluation } from './explain-evaluation.ts';
import { peoplePaid } from './people-paid.ts';
import { nameOwners } from './name-owners.ts';

/** Evidence as a list shows it. `points` is what it has put into the sender's account, after anything taken back. */
export type EvidenceRow = {
  evidence: EvidenceListed;
  participant: Participant;
  outlet: Outlet | null;
  summary: ReadingSummary | null;
  verification: Verification | null;
  points: bigint;
  postedAt: Date | null;
};

/** What a sale did to the stock of one of the goods, in thousandths of a piece. */
export type StockEffect = {
  sku: string;
  name: string;
  outlet: string;
  beforeMilli: bigint;
  afterMilli: bigint;
};

/** Evidence with everything that followed from it. */
export type EvidenceStory = EvidenceRow & {
  reading: StoredReading | null;
  decidedBy: Staff | null;
  duplicate: { evidence: EvidenceListed; participant: Participant } | null;
  products: Product[];
  activity: Activity | null;
  evaluation: Evaluation | null;
  /** The versions of the rules that were considered. */
  rules: StoredRule[];
  /** Those whom rules paid for it besides. */
  people: PeoplePaid | null;
  transfers: BookedTransfer[];
  /** Names of the accounts' owners, by id. */
  owners: Map<Id<string>, string>;
  stock: StockEffect[];
  messages: Message[];
};

/** The rows of a list, in the order given. */
export async function tellEvidenceRows(tx: Tx, listed: readonly EvidenceListed[]): Promise<EvidenceRow[]> {
  const ids = listed.map((evidence) => evidence.id);
  const participants = await participantsByIds(tx, [...new Set(listed.map((each) => each.participant))]);
  const summaries = await readingSummaries(tx, ids);
  const verifications = await newestVerifications(tx, ids);
  const outletOf = (evidence: EvidenceListed): OutletId | null =>
    verifications.find((each) => each.evidence === evidence.id)?.matches.outlet?.outlet ?? evidence.outlet;
  const outletIds = listed.flatMap((evidence) => outletOf(evidence) ?? []);
  const outlets = await outletsByIds(tx, [...new Set(outletIds)]);
  const transfers = await transfersOfEvidence(tx, ids);
  return listed.map((evidence) => ({
    evidence,
    participant: participants.find((each) => each.id === evidence.participant)!,
    outlet: outlets.find((each) => each.id === outletOf(evidence)) ?? null,
    summary: summaries.find((each) => each.evidence === evidence.id) ?? null,
    verification: verifications.find((each) => each.evidence === evidence.id) ?? null,
    ...pointsOf(evidence, transfers.get(evidence.id) ?? []),
  }));
}

/** The whole story of one piece of evidence, or null when there is none with this id. */
export async function tellEvidence(tx: Tx, id: EvidenceId): Promise<EvidenceStory | null> {
  const [listed] = await listEvidence(tx, { ids: [id], limit: 1 });
  if (!listed) return null;
  const [row] = await tellEvidenceRows(tx, [listed]);
  const { verification } = row!;
  const [activity] = (await activitiesOfEvidence(tx, id)).slice(-1);
  const transfers = (await transfersOfEvidence(tx, [id])).get(id) ?? [];
  const verdicts = await verificationsOf(tx, id);
  const productIds = (verification?.matches.items ?? []).flatMap((match) => match.product ?? []);
  const lineProducts = (activity?.lines ?? []).flatMap((line) => line.product ?? []);
  const products = await productsByIds(tx, [...new Set([...productIds, ...lineProducts])]);
  const evaluation = activity ? await wholeEvaluation(tx, activity) : null;
  return {
    ...row!,
    reading: await newestReading(tx, id),
    decidedBy: verification?.decidedBy ? await staffById(tx, verification.decidedBy) : null,
    duplicate: await duplicateOf(tx, verification),
    products,
    activity: activity ?? null,
    evaluation,
    people: activity ? await peoplePaid(tx, evaluation, activity) : null,
    rules: await rulesByVersion(
      tx,
      (evaluation?.considered ?? []).map(({ rule: id, version }) => ({ id, version })),
    ),
    transfers,
    owners: await nameOwners(
      tx,
      transfers.flatMap(({ from, to }) => [from.owner, to.owner]),
    ),
    stock: await stockEffects(tx, transfers, products, row!.outlet),
    messages: await messagesOfCauses(
      tx,
      verdicts.map((verdict) => verdict.id),
    ),
  };
}

async function transfersOfEvidence(
  tx: Tx,
  evidence: readonly EvidenceId[],
): Promise<Map<EvidenceId, BookedTransfer[]>> {
  const activities = await activityIdsOfEvidence(tx, evidence);
  const transfers = await transfersOfCauses(
    tx,
    activities.map(({ activity }) => activity),
  );
  return new Map(
    evidence.map((id) => {
      const own = activities
        .filter((each) => each.evidence === id)
        .map(({ activity }) => activity as Id<string>);
      return [id, transfers.filter(({ cause }) => cause !== null && own.includes(cause))];
    }),
  );
}

function pointsOf(
  evidence: EvidenceListed,
  transfers: readonly BookedTransfer[],
): Pick<EvidenceRow, 'points' | 'postedAt'> {
  const moved = transfers.filter(
    ({ asset, kind }) => asset.code === 'points' && kind !== 'hold' && kind !== 'release',
  );
  const points = moved.reduce((sum, { amount, from, to }) => {
    const isIn = to.owner === evidence.participant && to.role !== 'debt';
    const isOut = from.owner === evidence.participant && from.role !== 'debt';
    return sum + (isIn ? amount : 0n) - (isOut ? amount : 0n);
  }, 0n);
  return { points, postedAt: transfers[0]?.at ?? null };
}

async function duplicateOf(tx: Tx, verification: Verification | null): Promise<EvidenceStory['duplicate']> {
  if (!verification?.duplicateOf) return null;
  const [evidence] = await listEvidence(tx, { ids: [verification.duplicateOf], limit: 1 });
  if (!evidence) return null;
  const [participant] = await participantsByIds(tx, [evidence.participant]);
  return { evidence, participant: participant! };
}

async function stockEffects(
  tx: Tx,
  transfers: readonly BookedTransfer[],
  products: readonly Product[],
  outlet: Outlet | null,
): Promise<StockEffect[]> {
  const effects: StockEffect[] = [];
  for (const { asset, from, to, amount, at } of transfers) {
    const side = from.role === 'stock' ? from : to.role === 'stock' ? to : null;
    if (asset.kind !== 'goods' || !side) continue;
    const sku = asset.code.slice('goods:'.length);
    const name = products.find((product) => product.sku === sku)?.name ?? sku;
    const afterMilli = await balanceAsOf(tx, side.account, { at });
    const beforeMilli = side === from ? afterMilli + amount : afterMilli - amount;
    effects.push({ sku, name, outlet: outlet?.name ?? '', beforeMilli, afterMilli });
  }
  return effects;
}
