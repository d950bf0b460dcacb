import type { NewActivity } from '../activity/activity.ts';
import { onceEach } from '../db/once.ts';
import { withTenantTogether, type Outcome } from '../db/together.ts';
import type { Tx } from '../db/transact.ts';
import { accountId, assetId } from '../ledger/accounts.ts';
import { availableOf } from '../ledger/read.ts';
import type { KeyId } from '../network/api-keys.ts';
import { outletIdOf } from '../network/outlets.ts';
import { participantIdOf } from '../network/participants.ts';
import { productIdOf } from '../network/products.ts';
import { listProgrammes, programmeByCode, type Programme } from '../network/programmes.ts';
import { staffByIds } from '../network/staff.ts';
import { queueMessages, type NewMessage } from '../notify/outbox.ts';
import { gatherByName } from '../shared/gather.ts';
import type { ActivityId, StaffId, TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { App } from './app.ts';
import { groupOf, points as pointsAsset } from './plan-awards.ts';
import { recordAndPost, type Settled } from './record-activities.ts';

/** An activity that somebody vouches for, in the tenant's own codes. */
export type GivenActivity = Omit<
  NewActivity,
  'programme' | 'evidence' | 'participant' | 'outlet' | 'currency' | 'lines'
> & {
  participant: string;
  outlet: string;
  /** Absent: the programme's. */
  currency?: string;
  lines: { line: number; text: string; sku: string | null; quantityMilli: bigint; amountMinor: bigint }[];
};

/** What became of one activity. It is plain JSON, so that a repetition of the request can be answered with it. */
export type Received =
  | {
      ok: true;
      outcome: 'first' | 'corrected' | 'replayed';
      activity: ActivityId;
      version: number;
      /** The change of the participant's points; below zero when some were taken back. */
      points: number;
    }
  | Refused;

/** One request: who asks for which programme, and with which key when it is to be answered once. */
export type Delivery = {
  tenant: TenantId;
  by: { kind: 'staff'; id: StaffId } | { kind: 'integrator'; id: KeyId };
  programme: string;
  given: readonly (GivenActivity | Refused)[];
  once: { key: string; contentHash: Buffer } | null;
};

/** What this needs of a running Mitra. */
type Door = Pick<App, 'db' | 'now'>;

type Answer = { ok: true; received: Received[] } | Refused<'not-allowed' | 'bad-request' | 'key-reused'>;

/** Activities that one transaction records, and their lines with them: enough to be fast, and done in a moment. */
const sizeMax = 4000;
/**
 * Queues for each programme, by participant: while one posts, the other reads and evaluates, and they seldom wait for each
 * other's limits.
 */
const lanesCount = 2;
const unnamed = { field: 'programme', problem: 'unknown' };
/** Kept for what Mitra has checked itself. */
const ownSource = 'evidence';

/**
 * Takes in activities that need no checking: each is recorded, evaluated and paid, and its participant told, all in one
 * transaction with those of other requests that arrive meanwhile. Answers each in order; what is refused, there before or
 * here, does not touch the others. Managers, operators and
 * API keys may.
 */
export async function receiveActivities(app: Door, delivery: Delivery): Promise<Answer> {
  const { given } = delivery;
  const lanes = lanesOf(delivery);
  const places = Map.groupBy(given.keys(), (place) => lanes[place]!);
  if (places.size <= 1) return receiveInLane(app, lanes[0] ?? 0, delivery);
  const parts = await Promise.all(
    [...places].map(async ([lane, own]) => {
      const part = { ...delivery, given: own.map((place) => given[place]!) };
      return { own, answer: await receiveInLane(app, lane, part) };
    }),
  );
  const received: Received[] = [];
  for (const { own, answer } of parts) {
    if (!answer.ok) return answer;
    for (const [i, place] of own.entries()) received[place] = answer.received[i]!;
  }
  return { ok: true, received };
}

async function receiveInLane(app: Door, lane: number, delivery: Delivery): Promise<Answer> {
  const queue = queues.get(app.db) ?? openQueue(app);
  const outcome = await queue(`${delivery.tenant} ${delivery.programme} ${lane}`, delivery);
  if ('failed' in outcome) throw outcome.failed;
  return outcome.done;
}

// What is to be answered once is one transaction, and versions of one activity come one after the other. Single ones share
// a lane: there the size of a batch counts for more than what two do at the same time.
function lanesOf({ given, once }: Delivery): number[] {
  if (given.length === 1) return [0];
  const keys = given.map((one) => ('refused' in one ? null : `${one.source} ${one.externalKey}`));
  const isWhole = once !== null || new Set(keys).size < given.length;
  return given.map((one) => (isWhole || 'refused' in one ? 0 : laneOf(one.participant)));
}

function laneOf(participant: string): number {
  let sum = 0;
  for (let i = 0; i < participant.length; i += 1) sum += participant.charCodeAt(i);
  return sum % lanesCount;
}

type Queue = (name: string, delivery: Delivery) => Promise<Outcome<Answer>>;
const queues = new WeakMap<App['db'], Queue>();

function openQueue(app: Door): Queue {
  const receive = (_name: string, deliveries: Delivery[]) => {
    const { tenant, programme } = deliveries[0]!;
    return withTenantTogether(app.db, tenant, deliveries, (tx, some) =>
      receiveIn(tx, programme, some, app.now()),
    );
  };
  const queue = gatherByName(receive, {
    sizeMax,
    sizeOf: ({ given }) => given.reduce((size, one) => size + ('lines' in one ? 1 + one.lines.length : 1), 0),
  });
  queues.set(app.db, queue);
  return queue;
}

async function receiveIn(tx: Tx, code: string, deliveries: readonly Delivery[], at: Date): Promise<Answer[]> {
  const [programme, mayDeliver] = await Promise.all([programmeNamed(tx, code), deliverers(tx, deliveries)]);
  const answers: Answer[] = deliveries.map((delivery) => {
    if (!mayDeliver.has(delivery.by.id)) return refuse('not-allowed');
    return programme ? { ok: true, received: [] } : refuse('bad-request', unnamed);
  });
  const good = deliveries.flatMap((delivery, place) => (answers[place]!.ok ? [{ delivery, place }] : []));
  const keyed = good.filter(({ delivery }) => delivery.once);
  const requests = keyed.map(({ delivery: { by, once } }) => ({
    actor: by.id,
    route: 'activities',
    ...once!,
  }));
  // One recording for all: those without a key go along with those whose key is new.
  let waiting = good.filter(({ delivery }) => !delivery.once);
  const record = async (places: readonly number[]) => {
    const fresh = [...waiting, ...places.map((i) => keyed[i]!)];
    waiting = [];
    const received = await receiveAll(
      tx,
      programme!,
      fresh.map(({ delivery }) => delivery),
      at,
    );
    for (const [i, { place }] of fresh.entries()) answers[place] = { ok: true, received: received[i]! };
    return places.map((i) => ({ status: 200, body: received[fresh.indexOf(keyed[i]!)] }));
  };
  const kept = keyed.length > 0 ? await onceEach(tx, requests, at, record) : [];
  if (waiting.length > 0) await record([]);
  for (const [i, { place }] of keyed.entries()) {
    const answer = kept[i]!;
    answers[place] = answer.ok ? { ok: true, received: answer.body as Received[] } : answer;
  }
  return answers;
}

// Which keys may record is asked before (src/flow/within-key.ts).
async function deliverers(tx: Tx, deliveries: readonly Delivery[]): Promise<Set<StaffId | KeyId>> {
  const keys = deliveries.flatMap(({ by }) => (by.kind === 'integrator' ? [by.id] : []));
  const people = deliveries.flatMap(({ by }) => (by.kind === 'staff' ? [by.id] : []));
  const staff = people.length > 0 ? await staffByIds(tx, [...new Set(people)]) : [];
  const may = staff.filter(({ role }) => role === 'manager' || role === 'operator').map(({ id }) => id);
  return new Set<StaffId | KeyId>([...may, ...keys]);
}

/** The programme of this code; where a tenant has one, nobody needs to name it. */
export async function programmeNamed(tx: Tx, code: string): Promise<Programme | null> {
  if (code !== '') return programmeByCode(tx, code);
  const all = await listProgrammes(tx);
  return all.length === 1 ? all[0]! : null;
}

async function receiveAll(
  tx: Tx,
  programme: Programme,
  deliveries: readonly Delivery[],
  at: Date,
): Promise<Received[][]> {
  const all = deliveries.flatMap(({ given }) => given.map((one) => newActivity(tx, programme, one)));
  const good = all.filter((one): one is NewActivity => !('refused' in one));
  const settled = good.length > 0 ? await recordAndPost(tx, programme, good, at) : [];
  await tellParticipants(tx, settled, at);
  let next = 0;
  const answers = all.map((one) => ('refused' in one ? one : receivedOf(settled[next++]!)));
  let start = 0;
  return deliveries.map(({ given }) => answers.slice(start, (start += given.length)));
}

/** The activity by ids instead of codes. */
export function newActivity(
  tx: Tx,
  programme: Programme,
  given: GivenActivity | Refused,
): NewActivity | Refused {
  if ('refused' in given) return given;
  if (given.source === ownSource) return refuse('activity-invalid', { field: 'source' });
  return {
    ...given,
    programme: programme.id,
    evidence: null,
    participant: participantIdOf(tx, given.participant),
    outlet: outletIdOf(tx, given.outlet),
    currency: given.currency ?? programme.currency,
    lines: given.lines.map(({ sku, ...line }) => ({
      ...line,
      product: sku === null ? null : productIdOf(tx, sku),
    })),
  };
}

function receivedOf(one: Settled): Received {
  if (!one.ok) return one;
  const { outcome, activity, pointsInAll: points } = one;
  return { ok: true, outcome, activity: activity.id, version: activity.version, points: Number(points) };
}

// Who earned or lost something is told; a feed of sales that earn nothing is no reason to write to anybody.
async function tellParticipants(tx: Tx, settled: readonly Settled[], at: Date): Promise<void> {
  const changes = settled.filter((one) => one.ok && one.points !== 0n) as Extract<Settled, { ok: true }>[];
  if (changes.length === 0) return;
  const asset = assetId(tx.tenant, pointsAsset);
  const accounts = changes.map(({ participant }) => accountId(tx.tenant, participant.id, 'available', asset));
  const balances = await availableOf(tx, accounts);
  const messages = changes.map(({ activity, points, participant, outlet }, i): NewMessage => {
    const balance = Number(balances.get(accounts[i]!) ?? 0n);
    const about = { participant: participant.id, language: participant.language, cause: groupOf(activity) };
    if (activity.version > 1) {
      const facts = { outlet: outlet.name, change: Number(points), balance };
      return { ...about, key: 'message.activity-corrected', facts };
    }
    return {
      ...about,
      key: 'message.activity-earned',
      facts: { outlet: outlet.name, count: Number(points), balance },
    };
  });
  await queueMessages(tx, messages, at);
}
