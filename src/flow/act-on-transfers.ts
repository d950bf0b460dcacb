import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { activate } from '../ledger/activate.ts';
import { lockBook } from '../ledger/chain.ts';
import {
  findTransfers,
  type Cursor,
  keepMassAction,
  type MassAction,
  type TransferFilter,
} from '../ledger/find-transfers.ts';
import { post } from '../ledger/post.ts';
import { availableOf, transferById, transfersThatFollow, type BookedTransfer } from '../ledger/read.ts';
import { planTakeBacks, reversalOf } from '../ledger/reverse.ts';
import { traceAccount, usesOf } from '../ledger/trace.ts';
import type { NewTransfer, PostRefusal } from '../ledger/transfer.ts';
import { listProgrammes } from '../network/programmes.ts';
import { newId, partId, type Id, type StaffId, type TenantId, type TransferId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { releaseUnits } from './hold-units.ts';
import { clawbackUsual } from './plan-awards.ts';
import { planSpendRefund } from './refund-spend.ts';

/** Transfers that one action touches: the book is locked meanwhile. What a filter finds beyond is for the next. */
export const actedMax = 200;

export type ActionAsked = {
  kind: MassAction['kind'];
  which: { ids: readonly TransferId[] } | { filter: TransferFilter; after: Cursor | null };
  reason: string;
};

/** What became, or would become, of one transfer. */
export type Acted = { transfer: TransferId } & (
  | { ok: true; asset: string; units: bigint }
  | Refused<PostRefusal>
);
/** `next`: where the filter goes on, null at its end. `action` is the cause of what was posted; null when nothing was. */
export type ActedOn = { action: MassAction['id'] | null; acted: Acted[]; next: Cursor | null };

/**
 * Does the same to many transfers, each by itself: `activate` makes pending earnings available, `cancel` takes back what
 * was earned (under the programme's policy), gives back what was spent or expired and frees what is held, `expire` ends
 * what is left of an earning. Without `apply` it tells what would become of each and leaves everything as it is. What
 * cannot be done is answered with the reason and does not touch the others; done again, nothing is left to do. A later
 * correction of an activity is judged anew, whatever was cancelled by hand.
 *
 * A filter is answered in pages, each a transaction of its own: what one page did stays done if a later one is never
 * asked for. They are found before the book is locked and judged under the lock as they are then. Whoever goes on from
 * `next` until it is null meets every transfer of the filter's time once, for posting times only grow; a time that ends
 * in the future goes on with what is posted meanwhile.
 */
export async function actOnTransfers(
  tx: Tx,
  by: StaffId,
  { kind, which, reason }: ActionAsked,
  { apply, at }: { apply: boolean; at: Date },
): Promise<ActedOn> {
  const { transfers, next } =
    'ids' in which
      ? { transfers: [...new Set(which.ids)], next: null }
      : await findTransfers(tx, which.filter, { after: which.after, limit: actedMax });
  // Nothing may come between how each one is and what is done to it.
  await lockBook(tx);
  const action = { id: newId<MassAction['id']>(at), kind, reason, doneBy: by as string as Id<'staff'> };
  const acted: Acted[] = [];
  for (const transfer of transfers) {
    const one = await transferById(tx, transfer);
    const done = one ? await actions[kind](tx, one, action.id, at) : refuse('unknown-transfer');
    acted.push(
      done.ok ? { transfer, ok: true, asset: one!.asset.code, units: done.units } : { transfer, ...done },
    );
  }
  if (apply) await keepMassAction(tx, action, at);
  return { action: apply ? action.id : null, acted, next };
}

class Undo extends Error {}

/** What the action would do: it is done and undone, so the answer is that of the real thing. */
export async function tryOnTransfers(
  db: Db,
  tenant: TenantId,
  by: StaffId,
  asked: ActionAsked,
  at: Date,
): Promise<ActedOn> {
  let told: ActedOn | undefined;
  try {
    await withTenant(db, tenant, async (tx) => {
      told = await actOnTransfers(tx, by, asked, { apply: false, at });
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return told!;
}

type Done = { ok: true; units: bigint } | Refused<PostRefusal>;
type Act = (tx: Tx, transfer: BookedTransfer, action: Id<'action'>, at: Date) => Promise<Done>;

const actions: Record<MassAction['kind'], Act> = {
  activate: activateOne,
  cancel: cancelOne,
  expire: expireOne,
};

async function activateOne(tx: Tx, transfer: BookedTransfer, action: Id<'action'>, at: Date): Promise<Done> {
  if (transfer.to.role !== 'pending') return refuse('link-mismatch');
  const [done] = await activate(tx, [transfer.id], at, at, action);
  return done ? { ok: true, units: done.units } : refuse('already-resolved');
}

async function cancelOne(tx: Tx, transfer: BookedTransfer, action: Id<'action'>, at: Date): Promise<Done> {
  if (transfer.kind === 'hold') return releaseOne(tx, transfer, at);
  if (transfer.from.role === 'available') {
    const asked = { spend: transfer.id, units: null, because: partId<Id<'refund'>>(action, transfer.id) };
    const plan = await planSpendRefund(tx, { ...asked, cause: action }, at);
    return plan.ok ? postAll(tx, plan.transfers, plan.units, at) : plan;
  }
  if (transfer.to.role !== 'available' && transfer.to.role !== 'pending') return refuse('link-mismatch');
  if (transfer.reverses || transfer.kind === 'activate') return refuse('link-mismatch');
  return takeBackOne(tx, transfer, action, at);
}

async function releaseOne(tx: Tx, hold: BookedTransfer, at: Date): Promise<Done> {
  const done = await releaseUnits(tx, { hold: hold.id, units: null }, at);
  if (done.ok) return { ok: true, units: done.units };
  return done.refused === 'already-resolved' ? refuse('already-resolved') : refuse('link-mismatch');
}

async function takeBackOne(tx: Tx, earning: BookedTransfer, action: Id<'action'>, at: Date): Promise<Done> {
  const programmes = await listProgrammes(tx);
  const issuer = programmes.find(({ id }) => (id as string) === earning.from.owner) ?? programmes[0];
  const back = (await transfersThatFollow(tx, [earning.id])).reduce(
    (sum, one) => (one.reverses === earning.id ? sum + one.amount : sum),
    0n,
  );
  const amount = earning.amount - back;
  if (amount === 0n) return refuse('reversal-exceeded', { left: 0 });
  const group = partId<Id<'take-back'>>(action, earning.id);
  const because = { tx: group, key: earning.id, recordedAt: at, effectiveAt: at, cause: action };
  const policy = issuer?.settings.clawback ?? clawbackUsual;
  const [plan] = await planTakeBacks(tx, [{ earning: earning.id, amount, policy, because }]);
  if (!plan!.ok) return plan!;
  const { pending, available, debt } = plan!.split;
  if (plan!.transfers.length === 0) return refuse('below-floor');
  return postAll(tx, plan!.transfers, pending + available + debt, at);
}

async function expireOne(tx: Tx, earning: BookedTransfer, action: Id<'action'>, at: Date): Promise<Done> {
  if (earning.to.role !== 'available' || earning.reverses) return refuse('link-mismatch');
  const { left } = usesOf(await traceAccount(tx, earning.credit), earning.id);
  const available = (await availableOf(tx, [earning.credit])).get(earning.credit) ?? 0n;
  const units = left.reduce((sum, part) => sum + part.units, 0n);
  const amount = units < available ? units : available;
  if (amount <= 0n) return refuse('reversal-exceeded', { left: 0 });
  const id = partId<TransferId>(action, 'expire', earning.id);
  // It names its earning, so that it takes the units of that one and no others.
  const leg = reversalOf(earning, { id, tx: id, cause: action, amount, effectiveAt: at, kind: 'expire' });
  return postAll(tx, [leg], amount, at);
}

async function postAll(tx: Tx, transfers: readonly NewTransfer[], units: bigint, at: Date): Promise<Done> {
  for (const answer of await post(tx, transfers, at)) if (!answer.ok) return answer;
  return { ok: true, units };
}
