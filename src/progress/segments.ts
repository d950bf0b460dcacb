import type { Tx } from '../db/transact.ts';
import type { Participant } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import type { ParticipantId } from '../shared/id.ts';
import { addDays, type Day } from '../shared/time.ts';
import type { Followed } from './book.ts';
import { counterIdOf } from './counter.ts';
import { windowSums } from './counters.ts';
import type { SegmentDocument } from './document.ts';
import type { StoredDocument } from './documents.ts';
import { dayAfterBack } from './evaluate-tier.ts';
import { compileSegment, countedBySegment, type CompiledSegment } from './segment.ts';

/** Somebody on a day, with the tier of that day. */
export type PersonOn = {
  person: Pick<Participant, 'id' | 'code' | 'kind' | 'language'>;
  tier: string;
  day: Day;
};

/**
 * The segments that each belongs to on a day, by what they did on the days before it: so the order in which a day's
 * activities arrive does not matter.
 */
export async function segmentsOn(
  tx: Tx,
  programme: Programme,
  { segments }: Followed,
  asked: readonly PersonOn[],
): Promise<string[][]> {
  const judged = asked.flatMap((one, place) =>
    segments
      .filter(({ from, until }) => (from ?? '') <= one.day && (until === null || until > one.day))
      .map((segment) => ({ one, place, segment })),
  );
  const counters = judged.flatMap(({ one, segment: { document } }) =>
    [...countedBySegment(document)].map(([name, counted]) => {
      const last = addDays(one.day, -1);
      const first = dayAfterBack(last, document.counters[name]!.last);
      return { counter: counterIdOf(programme.id, counted), subject: one.person.id, first, last };
    }),
  );
  const sums = await windowSums(tx, counters);
  const belongs = asked.map((): string[] => []);
  for (const { one, place, segment } of judged) {
    const names = [...countedBySegment(segment.document).keys()];
    const counted = Object.fromEntries(names.map((name) => [name, sums.shift()!]));
    const { code, kind, language } = one.person;
    if (compiled(segment).holds({ participant: { code, kind, language, tier: one.tier }, counted }))
      belongs[place]!.push(segment.document.code);
  }
  return belongs;
}

/** Writes who belongs to which segment from now on; answers how many came or went. */
export async function keepMembers(
  tx: Tx,
  programme: Programme['id'],
  members: readonly { participant: ParticipantId; segments: readonly string[] }[],
  at: Date,
): Promise<number> {
  const participants = members.map(({ participant }) => participant);
  const pairs = members.flatMap(({ participant, segments }) =>
    segments.map((segment) => ({ participant, segment })),
  );
  const values = [
    tx.tenant,
    programme,
    pairs.map(({ segment }) => segment),
    pairs.map(({ participant }) => participant),
  ];
  const gone = await tx.query(
    `delete from segment_member m where m.tenant = $1 and m.programme = $2 and m.participant = any($5::uuid[])
       and not exists (select 1 from unnest($3::text[], $4::uuid[]) as n (segment, participant)
         where n.segment = m.segment and n.participant = m.participant)
     returning m.participant`,
    [...values, participants],
  );
  const come = await tx.query(
    `insert into segment_member (tenant, programme, segment, participant, since)
     select $1, $2, n.segment, n.participant, $5 from unnest($3::text[], $4::uuid[]) as n (segment, participant)
     order by n.segment, n.participant on conflict do nothing returning participant`,
    [...values, at],
  );
  return gone.length + come.length;
}

/** How many belong to each segment of a programme. */
export async function segmentSizes(tx: Tx, programme: Programme['id']): Promise<Map<string, number>> {
  const rows = await tx.query<{ segment: string; count: number }>(
    `select m.segment, count(*)::int as count from segment_member m
     where m.tenant = $1 and m.programme = $2 group by m.segment`,
    [tx.tenant, programme],
  );
  return new Map(rows.map(({ segment, count }) => [segment, count]));
}

/** A page of those who belong to a segment, in order of id. */
export async function membersOf(
  tx: Tx,
  programme: Programme['id'],
  segment: string,
  page: { after: ParticipantId | null; limit: number },
): Promise<{ participant: ParticipantId; since: Date }[]> {
  return tx.query<{ participant: ParticipantId; since: Date }>(
    `select m.participant, m.since from segment_member m
     where m.tenant = $1 and m.programme = $2 and m.segment = $3 and ($4::uuid is null or m.participant > $4)
     order by m.participant limit $5`,
    [tx.tenant, programme, segment, page.after, page.limit],
  );
}

/** The segments of a programme that somebody belongs to, in order of code. */
export async function segmentsOf(
  tx: Tx,
  programme: Programme['id'],
  participant: ParticipantId,
): Promise<{ segment: string; since: Date }[]> {
  return tx.query(
    `select m.segment, m.since from segment_member m
     where m.tenant = $1 and m.programme = $2 and m.participant = $3 order by m.segment collate "C"`,
    [tx.tenant, programme, participant],
  );
}

const kept = new WeakMap<SegmentDocument, CompiledSegment>();

function compiled({ document }: StoredDocument<SegmentDocument>): CompiledSegment {
  const known = kept.get(document) ?? compileSegment(document);
  kept.set(document, known);
  return known;
}
