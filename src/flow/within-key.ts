import { activitiesOfKeys } from '../activity/keys.ts';
import { activityById } from '../activity/read.ts';
import type { Activity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { outletIdOf } from '../network/outlets.ts';
import { isId, type ActivityId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { App } from './app.ts';
import type { QuoteAsked } from './quote-discount.ts';
import type { Delivery, GivenActivity } from './receive-activities.ts';
import type { Integrator, SignedIn } from './sign-in.ts';

// A key may be good for one programme and for some outlets only. What lies outside is not there for it.

/** The activity as far as it is there for whoever asks: one's own, any for the brand's people, a key's within its reach. */
export async function activityFor(tx: Tx, by: SignedIn | Integrator, id: string): Promise<Activity | null> {
  const activity = isId<ActivityId>(id) ? await activityById(tx, id) : null;
  if (!activity || by.kind === 'staff') return activity;
  const isTheirs = by.kind === 'integrator' ? reaches(by, activity) : activity.participant === by.id;
  return isTheirs ? activity : null;
}

function reaches(
  { programme, outlets }: Pick<Integrator, 'programme' | 'outlets'>,
  activity: Pick<Activity, 'programme' | 'outlet'>,
): boolean {
  return (
    (programme === null || programme === activity.programme) &&
    (outlets === null || outlets.includes(activity.outlet))
  );
}

/** The code of the programme that is meant: a key that is good for one only means that. Absent: the tenant's only one. */
export function programmeFor(
  by: SignedIn | Integrator,
  asked: string | undefined,
): { ok: true; code: string | undefined } | Refused<'not-allowed'> {
  const own = by.kind === 'integrator' ? by.programmeCode : null;
  if (own !== null && asked !== undefined && asked !== own)
    return refuse('not-allowed', { field: 'programme' });
  return { ok: true, code: own ?? asked };
}

/** True when a key may ask for this quote: one that is limited to outlets, only for one of these. */
export function mayQuote({ outlets, tenant }: Integrator, asked: QuoteAsked): boolean {
  if (asked.override) return false;
  if (outlets === null) return true;
  const isOutletOnly = asked.participant === undefined && asked.partner === undefined;
  return isOutletOnly && asked.outlet !== undefined && outlets.includes(outletIdOf({ tenant }, asked.outlet));
}

/**
 * What a key delivers, each item from outside its reach refused: one of another outlet, and a correction of what was
 * recorded elsewhere. Refuses all of it for another programme.
 */
export async function deliveryWithin(
  { db }: Pick<App, 'db'>,
  key: Integrator,
  delivery: Delivery,
): Promise<Delivery | Refused<'not-allowed'>> {
  const programme = programmeFor(key, delivery.programme || undefined);
  if (!programme.ok) return programme;
  const { outlets, tenant } = key;
  if (outlets === null && key.programme === null) return delivery;
  const keys = delivery.given.filter((one): one is GivenActivity => !('refused' in one));
  const recorded = await withTenant(db, tenant, (tx) => activitiesOfKeys(tx, keys));
  const beyond = new Set(recorded.filter((one) => !reaches(key, one)).map(nameOf));
  const given = delivery.given.map((one) => {
    if ('refused' in one) return one;
    const isWithin = outlets === null || outlets.includes(outletIdOf({ tenant }, one.outlet));
    return isWithin && !beyond.has(nameOf(one)) ? one : refuse('not-allowed', { field: 'outlet' });
  });
  return { ...delivery, programme: programme.code ?? '', given };
}

function nameOf({ source, externalKey }: { source: string; externalKey: string }): string {
  return JSON.stringify([source, externalKey]);
}
