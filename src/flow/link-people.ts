import type { Tx } from '../db/transact.ts';
import {
  linksOf,
  lockLinks,
  setLink,
  subjectsOf,
  type LinkedThing,
  type LinkSpan,
  type NewLink,
} from '../network/links.ts';
import { outletIdOf, outletsByIds } from '../network/outlets.ts';
import { participantIdOf, participantsByIds } from '../network/participants.ts';
import { partnerIdOf, partnersByIds } from '../network/partners.ts';
import type { Id, OutletId, ParticipantId, PartnerId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { Day } from '../shared/time.ts';
import type { Actor } from './launch-rules.ts';

/** A link in the tenant's own codes: `person` is what `link` says to the subject, on the days from `from` to `until`. */
export type LinkGiven = {
  link: string;
  of: LinkedThing;
  subject: string;
  person: string | null;
  from: Day;
  until?: Day | undefined;
};

/** A link with the names of both ends. */
export type ToldLink = LinkSpan & { subjectName: string; personCode: string; personName: string };

/**
 * Links people to participants, outlets and partners. Events are judged by who was linked on their day; what was judged
 * already stays until it is corrected. Managers may. All or nothing.
 */
export async function linkPeople(
  tx: Tx,
  given: readonly LinkGiven[],
  by: Actor,
  at: Date,
): Promise<
  { ok: true; set: number } | Refused<'not-allowed' | 'bad-request' | 'link-to-self' | 'link-in-circle'>
> {
  if (by.role !== 'manager') return refuse('not-allowed');
  const links = given.map((one): NewLink => ({
    ...one,
    subject: idOf[one.of](tx, one.subject),
    person: one.person === null ? null : participantIdOf(tx, one.person),
  }));
  const names = await namesOf(tx, links);
  for (const [index, { subject, person, from, until }] of links.entries()) {
    const wrong = (field: string, problem: string) =>
      refuse('bad-request', { field: `items[${index}].${field}`, problem });
    if (!names.has(subject)) return wrong('subject', 'unknown');
    if (person !== null && !names.has(person)) return wrong('person', 'unknown');
    if (until !== undefined && until < from) return wrong('until', 'before from');
  }
  try {
    await tx.savepoint(async () => {
      await lockLinks(
        tx,
        links.map(({ link }) => link),
      );
      for (const [index, one] of links.entries()) {
        const set = await setLink(tx, one, by.code, at);
        if (!set.ok) throw new NotLinked(refuse(set.refused, { ...set.facts, field: `items[${index}]` }));
      }
    });
  } catch (error) {
    if (error instanceof NotLinked) return error.refusal;
    throw error;
  }
  return { ok: true, set: links.length };
}

/** Carries a refusal out of the savepoint, which undoes what was written before it. */
class NotLinked extends Error {
  readonly refusal: Refused<'link-to-self' | 'link-in-circle'>;
  constructor(refusal: NotLinked['refusal']) {
    super(refusal.refused);
    this.refusal = refusal;
  }
}

/** Everybody who is or was linked to something, or to whom or what somebody is linked. */
export async function tellLinks(
  tx: Tx,
  asked: { of: LinkedThing; subject: string } | { person: string },
): Promise<ToldLink[]> {
  const subject = 'subject' in asked ? idOf[asked.of](tx, asked.subject) : null;
  const person = 'person' in asked ? participantIdOf(tx, asked.person) : null;
  const subjects = subject ? [subject] : await subjectsOf(tx, person!);
  const spans = (await linksOf(tx, null, subjects)).filter(
    (span) => person === null || span.person === person,
  );
  const names = await namesOf(tx, spans);
  return spans.map((span) => ({
    ...span,
    subjectName: names.get(span.subject)?.name ?? '',
    personCode: names.get(span.person)!.code,
    personName: names.get(span.person)!.name,
  }));
}

const idOf: Record<LinkedThing, (tx: Tx, code: string) => Id<string>> = {
  participant: participantIdOf,
  outlet: outletIdOf,
  partner: partnerIdOf,
};

/** The names of both ends, of those that are there. */
async function namesOf(
  tx: Tx,
  links: readonly { of: LinkedThing; subject: Id<string>; person: ParticipantId | null }[],
): Promise<Map<Id<string>, { code: string; name: string }>> {
  const subjects = (of: LinkedThing) => links.flatMap((one) => (one.of === of ? [one.subject] : []));
  const people = [...subjects('participant'), ...links.flatMap(({ person }) => person ?? [])];
  const found = [
    ...(await participantsByIds(tx, people as ParticipantId[])),
    ...(await outletsByIds(tx, subjects('outlet') as OutletId[])),
    ...(await partnersByIds(tx, subjects('partner') as PartnerId[])),
  ];
  return new Map(found.map(({ id, code, name }) => [id, { code, name }]));
}
