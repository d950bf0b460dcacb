import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { NewActivity } from '../src/activity/activity.ts';
import { withTenant, type Tx } from '../src/db/transact.ts';
import { keepSegments } from '../src/flow/keep-segments.ts';
import { quoteDiscount } from '../src/flow/quote-discount.ts';
import { recordAndPost } from '../src/flow/record-activities.ts';
import { settleEndedGoals } from '../src/flow/settle-ended.ts';
import { balancesOf } from '../src/ledger/read.ts';
import { addOutlets, outletIdOf } from '../src/network/outlets.ts';
import { addParticipants, participantById, participantIdOf } from '../src/network/participants.ts';
import { programmeById } from '../src/network/programmes.ts';
import { saveDocuments } from '../src/progress/documents.ts';
import { membersOf } from '../src/progress/segments.ts';
import type { RuleDocument } from '../src/rules/document.ts';
import { saveRules } from '../src/rules/save-rule.ts';
import type { ParticipantId } from '../src/shared/id.ts';
import { testDatabase } from './database.ts';
import { world, type World } from './world.ts';

// Every example of docs/progress.md is somebody's story: a document, and rows of what they do and what it gives.

const page = readFileSync(path.join(import.meta.dirname, '../docs/progress.md'), 'utf8');
type Row = { on: string; does: string; gives: string };
type Example = { kind: string; document: Record<string, unknown>; rows: Row[]; line: number };

function examplesOf(text: string): Example[] {
  const bases = new Map<string, Record<string, unknown>>();
  return [...text.matchAll(/```json (\w+)\n([\s\S]*?)```\n\n((?:\|.*\n?)+)/g)].map((found) => {
    const [, kind, json, table] = found as unknown as [string, string, string, string];
    const given = JSON.parse(json) as Record<string, unknown>;
    const document = { ...bases.get(kind), ...given };
    if (!bases.has(kind)) bases.set(kind, given);
    const rows = table
      .trim()
      .split('\n')
      .slice(2)
      .map((row) => {
        const [on, does, gives] = row
          .split('|')
          .slice(1, 4)
          .map((cell) => cell.trim()) as [string, string, string];
        return { on, does, gives };
      });
    return { kind, document, rows, line: text.slice(0, found.index).split('\n').length };
  });
}

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let stories = 0;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const noon = (day: string) => new Date(`${day}T04:00:00Z`);
const begin = new Date('2000-01-01T00:00:00Z');

/** Ends every rule and document of the examples before, and saves this one's. */
async function save({ kind, document }: Example): Promise<void> {
  await inNusa(async (tx) => {
    const rules = await tx.query<{ document: RuleDocument }>(
      'select distinct on (r.id) r.document from rule r where r.tenant = $1 order by r.id, r.version desc',
      [tx.tenant],
    );
    const ended = { state: 'retired', effectiveFrom: begin } as const;
    await saveRules(
      tx,
      people.programme,
      rules.map((one) => one.document),
      'test',
      begin,
      ended,
    );
    const saved =
      kind === 'rule'
        ? await saveRules(tx, people.programme, [document], 'test', begin, { effectiveFrom: begin })
        : await saveDocuments(tx, people.programme, [document], 'test', begin, {
            today: '2000-01-01',
            effectiveFrom: '2000-01-01',
          });
    expect(saved).toMatchObject([{ ok: true }]);
  });
}

/** Enrols somebody with a shop of their own, so that no example sees what another one counted. */
async function enrol(): Promise<{ participant: ParticipantId; code: string }> {
  const code = `story-${(stories += 1)}`;
  await inNusa(async (tx) => {
    const outlet = {
      code,
      name: code,
      address: '',
      partner: 'toko-maju',
      distributor: null,
      area: 'my-kepong',
    };
    await addOutlets(tx, [outlet]);
    const person = {
      code,
      kind: 'seller' as const,
      name: code,
      phone: null,
      language: 'en',
      partner: 'toko-maju',
    };
    await addParticipants(tx, [{ ...person, outlets: [code] }]);
  });
  return { participant: participantIdOf(people, code), code };
}

async function play(
  row: Row,
  { participant, code }: { participant: ParticipantId; code: string },
  place: number,
) {
  const { on, does } = row;
  const programme = (await inNusa((tx) => programmeById(tx, people.programme)))!;
  if (does === 'waits for the night') {
    await settleEndedGoals(database.db, people.tenant, noon(on));
    await keepSegments(database.db, people.tenant, noon(on));
    return;
  }
  const [, verb, count, unit] =
    /^(sells|orders|delivers|visits)(?: for)? ?(\d+)?(?: (packs))?$/.exec(does) ?? [];
  if (!verb) return;
  const kind = { sells: 'receipt', orders: 'order', delivers: 'delivery', visits: 'visit' }[verb]!;
  const amountMinor = unit ? 0n : BigInt(count ?? 0) * 100n;
  const line = { line: 0, text: 'x', product: people.product('NF-1004'), amountMinor };
  const given: NewActivity = {
    source: 'page',
    externalKey: `${code}-${place}`,
    kind,
    programme: programme.id,
    evidence: null,
    participant,
    outlet: outletIdOf(people, code),
    occurredAt: noon(on),
    currency: 'MYR',
    totalMinor: amountMinor,
    lines: unit ? [{ ...line, quantityMilli: BigInt(count!) * 1000n }] : [],
  };
  const [settled] = await inNusa((tx) => recordAndPost(tx, programme, [given], noon(on)));
  expect(settled).toMatchObject({ ok: true });
}

/** What a row gave, in the words of the page. */
async function told(
  row: Row,
  who: { participant: ParticipantId; code: string },
  before: number,
): Promise<string> {
  const { gives, on } = row;
  return inNusa(async (tx) => {
    if (gives.endsWith('tomorrow'))
      return `${(await participantById(tx, who.participant))!.tier} from tomorrow`;
    if (gives.endsWith('%')) {
      const programme = (await programmeById(tx, people.programme))!;
      const asked = { outlet: who.code, amountMinor: 100n, day: on };
      const quote = await quoteDiscount(tx, programme, asked, null, noon(on));
      return quote.ok ? `${quote.percent} %` : quote.refused;
    }
    if (gives.endsWith('member')) {
      const members = await membersOf(tx, people.programme, 'busy', { after: null, limit: 100 });
      return members.some(({ participant }) => participant === who.participant) ? 'member' : 'no member';
    }
    const points = (await pointsOf(tx, who)) - before;
    return points === 0 ? 'nothing' : `${points} points`;
  });
}

async function pointsOf(
  tx: Tx,
  { participant, code }: { participant: ParticipantId; code: string },
): Promise<number> {
  const owners = [participant, outletIdOf(tx, code) as string as ParticipantId];
  const balances = [...(await balancesOf(tx, owners[0]!)), ...(await balancesOf(tx, owners[1]!))];
  return balances.reduce((sum, one) => (one.asset.code === 'points' ? sum + Number(one.balance) : sum), 0);
}

const examples = examplesOf(page);

test('the page has examples of every kind', () => {
  expect(new Set(examples.map(({ kind }) => kind))).toEqual(
    new Set(['rule', 'tiers', 'discount', 'segment']),
  );
});

test.each(examples.map((example) => [`${example.kind} in line ${example.line}`, example] as const))(
  'the %s gives what the page says',
  async (_name, example) => {
    await save(example);
    const who = await enrol();
    const gave: Row[] = [];
    for (const [place, row] of example.rows.entries()) {
      const before = await inNusa((tx) => pointsOf(tx, who));
      await play(row, who, place);
      gave.push({ ...row, gives: await told(row, who, before) });
    }
    expect(gave).toEqual(example.rows);
  },
);
