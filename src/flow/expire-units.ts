import { withTenant, type Db, type Tx } from '../db/transact.ts';
import {
  expireDue,
  expireInactive,
  expiringOn,
  type ExpiredPage,
  type ExpiredUnits,
  type ExpiryRun,
  type LotCursor,
} from '../ledger/expire.ts';
import { issuersOf, keepExpiryRun, lastExpiryRun, type Issuer } from '../ledger/issuers.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import { participantsByIds } from '../network/participants.ts';
import { queueMessages } from '../notify/outbox.ts';
import { nameId, type AccountId, type ParticipantId, type TenantId } from '../shared/id.ts';
import { addDays, addPeriod, momentAt, wallTime, type Day } from '../shared/time.ts';
import type { TextKey } from '../../web/texts/say.ts';

/** How long ahead people are told, where their programme says nothing. */
const noticeDaysUsual = 14;
/** Days without a run that are made up for. */
const noticeDaysMissedMax = 7;

/** An asset with the programmes that give it out. Its day has begun when it has begun for all of them. */
type Dated = { issuers: Issuer[]; programmes: Programme[]; day: Day; begins: Date };

/**
 * Expires for one tenant what was usable until yesterday, and what lies on accounts that nobody has used for too long,
 * each asset once a day by the clocks of its programmes; tells people what expired, and what will. A run that was cut
 * off goes on where it was. Answers how many units expired, by asset code.
 */
export async function expireUnits(db: Db, tenant: TenantId, now: Date): Promise<Map<string, bigint>> {
  const expired = new Map<string, bigint>();
  for (const dated of await withTenant(db, tenant, (tx) => datedAssets(tx, now))) {
    const { asset, code } = dated.issuers[0]!;
    const last = await withTenant(db, tenant, (tx) => lastExpiryRun(tx, asset));
    if (last !== null && last >= dated.day) continue;
    const units = await expireAsset(db, tenant, { ...dated, last }, now);
    if (units > 0n) expired.set(code, units);
    await withTenant(db, tenant, (tx) => keepExpiryRun(tx, asset, dated.day));
  }
  return expired;
}

async function datedAssets(tx: Tx, now: Date): Promise<Dated[]> {
  const programmes = await listProgrammes(tx);
  const issuers = await issuersOf(
    tx,
    programmes.map(({ id }) => id),
  );
  return [...Map.groupBy(issuers, ({ asset }) => asset).values()].map((own) => {
    const giving = programmes.filter(({ id }) => own.some(({ owner }) => owner === id));
    const days = giving.map(({ timeZone }) => ({ timeZone, day: wallTime(now, timeZone).day }));
    const { day, timeZone } = days.toSorted((a, b) => (a.day < b.day ? -1 : 1))[0]!;
    return { issuers: own, programmes: giving, day, begins: momentAt(day, '00:00', timeZone) };
  });
}

async function expireAsset(
  db: Db,
  tenant: TenantId,
  dated: Dated & { last: Day | null },
  now: Date,
): Promise<bigint> {
  const { issuers, programmes, day, begins, last } = dated;
  const [{ asset, code, kind }] = issuers as [Issuer];
  const run: ExpiryRun = { asset, issued: issuers.map(({ account }) => account), effectiveAt: begins };
  let units = 0n;
  const told = (key: TextKey, on: Day) => async (tx: Tx, found: readonly ExpiredUnits[]) => {
    if (kind === 'points') await tell(tx, found, key, on, now);
  };
  const count = (found: readonly ExpiredUnits[]) => {
    for (const one of found) units += one.units;
  };
  await eachPage<LotCursor>(
    db,
    tenant,
    (tx, after) => expireDue(tx, { ...run, day }, now, after),
    told('message.points-expired', day),
    count,
  );
  const movedBefore = inactiveBefore(programmes, code, now);
  if (movedBefore)
    await eachPage<AccountId>(
      db,
      tenant,
      (tx, after) => expireInactive(tx, { ...run, movedBefore }, now, after),
      told('message.points-expired', day),
      count,
    );
  for (const soon of noticeDays(programmes, last, day))
    await eachPage<AccountId>(
      db,
      tenant,
      (tx, after) => expiringOn(tx, asset, soon, after),
      told('message.points-expire-soon', soon),
      () => {},
    );
  return units;
}

/** The last days of which people are told now: so many days ahead of today, and of the days since the last run. */
function noticeDays(programmes: readonly Programme[], last: Day | null, today: Day): Day[] {
  const missed = Array.from({ length: noticeDaysMissedMax }, (_, i) => addDays(today, -i));
  const days = last === null ? [today] : missed.filter((each) => each > last);
  const ahead = new Set(programmes.map(({ settings }) => settings.expiryNoticeDays ?? noticeDaysUsual));
  return [...ahead].flatMap((count) => (count > 0 ? days.map((day) => addDays(day, count)) : []));
}

/** Does a run page by page, each with its messages in a transaction of its own. */
async function eachPage<Cursor>(
  db: Db,
  tenant: TenantId,
  page: (tx: Tx, after: Cursor | null) => Promise<ExpiredPage<Cursor>>,
  then: (tx: Tx, found: readonly ExpiredUnits[]) => Promise<void>,
  count: (found: readonly ExpiredUnits[]) => void,
): Promise<void> {
  let after: Cursor | null = null;
  do {
    const { expired, next }: ExpiredPage<Cursor> = await withTenant(db, tenant, async (tx) => {
      const found = await page(tx, after);
      await then(tx, found.expired);
      return found;
    });
    count(expired);
    after = next;
  } while (after !== null);
}

/**
 * The moment before which an account must have moved last to count as unused, or null where it never does. Of several
 * programmes with an asset in common the one that waits longest decides, and one that says nothing waits for ever.
 */
export function inactiveBefore(programmes: readonly Programme[], code: string, now: Date): Date | null {
  const moments = programmes.flatMap(({ settings, timeZone }) => {
    const policy = settings.inactivity?.[code];
    if (!policy) return [];
    const today = wallTime(now, timeZone).day;
    let last = today;
    // The last day whose period is over; the period itself is the longest that it can lie back, and its rounding a year.
    while (addPeriod(last, policy.after, policy.endOf) >= today) last = addDays(last, -1);
    return [momentAt(addDays(last, 1), '00:00', timeZone)];
  });
  return moments.length > 0 && moments.length === programmes.length
    ? new Date(Math.min(...moments.map((each) => each.getTime())))
    : null;
}

/** Tells those of the owners who are people; what belongs to several is on their wallet. */
async function tell(
  tx: Tx,
  found: readonly ExpiredUnits[],
  key: TextKey,
  day: Day,
  now: Date,
): Promise<void> {
  const people = await participantsByIds(
    tx,
    found.map(({ owner }) => owner as string as ParticipantId),
  );
  const byId = new Map(people.map((one) => [one.id as string, one]));
  const messages = found.flatMap(({ owner, account, units }) => {
    const participant = byId.get(owner);
    if (!participant) return [];
    const facts = { count: Number(units), date: day };
    const cause = nameId('message', key, account, day);
    return [{ participant: participant.id, language: participant.language, key, facts, cause }];
  });
  await queueMessages(tx, messages, now);
}
