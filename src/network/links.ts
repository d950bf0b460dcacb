import type { Tx } from '../db/transact.ts';
import type { Id, ParticipantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { addDays, type Day } from '../shared/time.ts';

/** What somebody can be linked to: another participant, an outlet or a partner. */
export type LinkedThing = 'participant' | 'outlet' | 'partner';

/** From a day on, `person` is what `link` says to a participant, an outlet or a partner: its referrer, owner, employee. */
export type NewLink = {
  link: string;
  of: LinkedThing;
  subject: Id<string>;
  /** Null: nobody from then on. */
  person: ParticipantId | null;
  from: Day;
  /** The last day; absent: until a later link takes over. */
  until?: Day | undefined;
};

/** Who is linked to a subject on the days from `from` until before `until`. */
export type LinkSpan = {
  link: string;
  of: LinkedThing;
  subject: Id<string>;
  person: ParticipantId;
  from: Day;
  until: Day | null;
};

/**
 * Writes down who is linked to whom; what was said before stays for the days before. Refuses to link people to themselves,
 * or in a circle of which some day is in common: whoever was referred cannot have referred the referrer.
 */
export async function setLink(
  tx: Tx,
  link: NewLink,
  by: string,
  at: Date,
): Promise<{ ok: true } | Refused<'link-to-self' | 'link-in-circle'>> {
  await lockLinks(tx, [link.link]);
  const refused = await refuseCircle(tx, link);
  if (refused) return refused;
  await insert(tx, link, by, at);
  return { ok: true };
}

/**
 * Lets nobody else set these links until the transaction ends: two at once could close a circle together. Call it first where
 * several are set, so that all lock them in one order.
 */
export async function lockLinks(tx: Tx, links: readonly string[]): Promise<void> {
  const names = [...new Set(links)].toSorted().map((link) => `link ${tx.tenant} ${link}`);
  await tx.query(
    'select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) as l (name)',
    [names],
  );
}

async function refuseCircle(
  tx: Tx,
  { link, of, subject, person, from, until }: NewLink,
): Promise<Refused<'link-to-self' | 'link-in-circle'> | null> {
  if (of !== 'participant' || person === null) return null;
  if (subject === person) return refuse('link-to-self', { link });
  const seen = new Set<Id<string>>();
  let people: Id<string>[] = [person];
  while (people.length > 0) {
    if (people.includes(subject)) return refuse('link-in-circle', { link });
    for (const one of people) seen.add(one);
    const above = (await linksOf(tx, [link], people)).filter(
      (span) => (until === undefined || span.from <= until) && (span.until === null || span.until > from),
    );
    people = [...new Set(above.map((span) => span.person))].filter((one) => !seen.has(one));
  }
  return null;
}

// What is said now counts for all of its days, whatever was said before; what was said for the days after them stays.
async function insert(tx: Tx, { link, of, subject, person, from, until }: NewLink, by: string, at: Date) {
  const rows = [{ from, person }];
  if (until !== undefined) {
    const next = addDays(until, 1);
    const after = (await linksOf(tx, [link], [subject])).find((span) => isOn(span, next));
    const starts = await tx.query<{ from: Day }>(
      `select distinct l.starts_on as "from" from link l
       where l.tenant = $1 and l.link = $2 and l.subject = $3 and l.starts_on > $4 and l.starts_on <= $5`,
      [tx.tenant, link, subject, from, until],
    );
    rows.push(...starts.map((start) => ({ ...start, person })), {
      from: next,
      person: after?.person ?? null,
    });
  }
  await tx.query(
    `insert into link (tenant, link, subject, starts_on, version, subject_kind, person, set_at, set_by)
     select $1, $2, $3, r.starts_on,
       1 + coalesce((select max(l.version) from link l
         where l.tenant = $1 and l.link = $2 and l.subject = $3 and l.starts_on = r.starts_on), 0),
       $6, r.person, $7, $8
     from unnest($4::date[], $5::uuid[]) as r (starts_on, person)`,
    [tx.tenant, link, subject, rows.map((row) => row.from), rows.map((row) => row.person), of, at, by],
  );
}

function isOn({ from, until }: Pick<LinkSpan, 'from' | 'until'>, day: Day): boolean {
  return from <= day && (until === null || day < until);
}

/** What is asked: whose link of which level, beginning at a subject, on a day. */
export type LinkAsked = { link: string; subject: Id<string>; level: number; day: Day };

/** Finds who is linked; null: nobody. In order; the number of statements is that of the levels. */
export async function whoIsLinked(tx: Tx, asked: readonly LinkAsked[]): Promise<(ParticipantId | null)[]> {
  const links = [...new Set(asked.map(({ link }) => link))];
  let at: (Id<string> | null)[] = asked.map(({ subject }) => subject);
  const levelMax = asked.reduce((most, { level }) => Math.max(most, level), 0);
  for (let level = 1; level <= levelMax; level += 1) {
    const isDue = (i: number) => asked[i]!.level >= level && at[i] !== null;
    const subjects = [...new Set(at.filter((one, i): one is Id<string> => isDue(i) && one !== null))];
    const find = linkFinder(await linksOf(tx, links, subjects));
    at = at.map((one, i) => (isDue(i) ? find(asked[i]!.link, one!, asked[i]!.day) : one));
  }
  return at as (ParticipantId | null)[];
}

/** Finds who is linked to a subject on a day, among these spans. */
export function linkFinder(
  spans: readonly LinkSpan[],
): (link: string, subject: Id<string>, day: Day) => ParticipantId | null {
  const bySubject = Map.groupBy(spans, ({ link, subject }) => `${link} ${subject}`);
  return (link, subject, day) =>
    bySubject.get(`${link} ${subject}`)?.find((span) => isOn(span, day))?.person ?? null;
}

/** Everybody who is or was linked to these subjects by these links (null: to any, by any), in order of days. */
export async function linksOf(
  tx: Tx,
  links: readonly string[] | null,
  subjects: readonly Id<string>[] | null,
): Promise<LinkSpan[]> {
  if (subjects?.length === 0) return [];
  const rows = await tx.query<Omit<LinkSpan, 'until' | 'person'> & { person: ParticipantId | null }>(
    `select distinct on (l.link, l.subject, l.starts_on) l.link, l.subject_kind as of, l.subject, l.person,
       l.starts_on as "from"
     from link l where l.tenant = $1 and ($2::text[] is null or l.link = any($2)) and ($3::uuid[] is null or l.subject = any($3))
     order by l.link, l.subject, l.starts_on, l.version desc`,
    [tx.tenant, links, subjects],
    { name: 'links-of' },
  );
  return rows.flatMap(({ person, ...row }, i): LinkSpan[] => {
    const next = rows[i + 1];
    const until = next?.link === row.link && next.subject === row.subject ? next.from : null;
    return person === null ? [] : [{ ...row, person, until }];
  });
}

/** To whom and to what somebody was ever linked. */
export async function subjectsOf(tx: Tx, person: ParticipantId): Promise<Id<string>[]> {
  const rows = await tx.query<{ subject: Id<string> }>(
    'select distinct l.subject from link l where l.tenant = $1 and l.person = $2',
    [tx.tenant, person],
  );
  return rows.map(({ subject }) => subject);
}
