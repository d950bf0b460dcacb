import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { recordAndPost } from '../flow/record-activities.ts';
import { setLink } from '../network/links.ts';
import { programmeById, type Programme } from '../network/programmes.ts';
import { saveDocuments } from '../progress/documents.ts';
import type { RuleDocument } from '../rules/document.ts';
import { awardsOf } from '../rules/evaluation.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import { saveRules } from '../rules/save-rule.ts';
import type { ActivityId } from '../shared/id.ts';
import { replayRules, ReplayStopped, type ReplayResult } from './replay.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let programme: Programme;

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);

const now = new Date('2018-10-01T00:00:00Z');

/** One point per piece, with this budget. */
function rule(code: string, changes: Partial<RuleDocument>): RuleDocument {
  return {
    format: 1,
    code,
    texts: { en: { title: code, award: `${code} pays.` } },
    scope: { kinds: ['order'] },
    effects: [{ kind: 'award', leg: 'main', asset: 'points', per: 'quantity', stepMilli: 1000, units: 1 }],
    rounding: { mode: 'down', at: 'activity' },
    stacking: { group: code, order: 1, mode: 'sum' },
    ...changes,
  };
}
const limited = (of: 'rule' | 'outlet' | 'participant', units: number, over: 'partial' | 'nothing') => ({
  limits: [{ of, per: 'month' as const, asset: 'points', units, over }],
});

// A seed of its own, so that a failure can be looked at again.
let seed = 7;
const chance = (limit: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (seed >> 8) % limit;
};

function order(key: number): NewActivity {
  const who = [
    [people.sari, people.tokoMaju],
    [people.budi, people.tokoMaju],
    [people.olena, people.slf],
    [people.ivan, people.subangPerdana],
    [people.zofia, people.pjSs6],
  ] as const;
  const [participant, outlet] = who[chance(who.length)]!;
  const quantity = 1 + chance(9);
  return {
    source: 'test',
    externalKey: `order-${key}`,
    kind: 'order',
    programme: people.programme,
    evidence: null,
    participant,
    outlet,
    occurredAt: new Date(Date.UTC(2018, 6 + chance(2), 1 + chance(28), 4, chance(60))),
    currency: 'MYR',
    totalMinor: 1000n,
    lines: [
      {
        line: 0,
        text: 'x',
        product: people.product(`NF-100${1 + chance(4)}`),
        quantityMilli: BigInt(quantity) * 1000n,
        amountMinor: 1000n,
      },
    ],
  };
}

async function referrals(tx: Tx): Promise<void> {
  const link = { link: 'referrer', of: 'participant', from: '2018-01-01' } as const;
  for (const subject of [people.budi, people.olena, people.ivan])
    await setLink(tx, { ...link, subject, person: people.sari }, 'test', now);
  await setLink(tx, { ...link, subject: people.ivan, person: people.zofia, from: '2018-08-01' }, 'test', now);
}

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  programme = (await inNusa((tx) => programmeById(tx, people.programme)))!;
  const rules = [
    rule('order-own', limited('participant', 60, 'partial')),
    rule('order-shop', limited('outlet', 70, 'partial')),
    rule('order-budget', limited('rule', 90, 'partial')),
    rule('order-whole', limited('rule', 50, 'nothing')),
    rule('order-goal', {
      goal: { for: 'participant', per: 'week', counts: { of: 'quantity' }, target: 30_000 },
      effects: [{ kind: 'award', leg: 'week', asset: 'points', per: 'goal', units: 7 }],
    }),
    // Whoever referred somebody may have referred people of other parts of the history.
    rule('order-referral', { to: { link: 'referrer' }, ...limited('participant', 40, 'partial') }),
    rule('order-list', { scope: { kinds: ['order'], products: { lists: ['range'] } } }),
  ];
  const saved = await inNusa(async (tx) => {
    const at = new Date('2018-01-01T00:00:00Z');
    await referrals(tx);
    const list = { format: 1, kind: 'list', code: 'range', title: { en: 'Range' } };
    const save = (skus: string[], from?: string) =>
      saveDocuments(tx, people.programme, [{ ...list, skus }], 'test', at, {
        today: '2018-01-01',
        ...(from && { effectiveFrom: from }),
      });
    await save(['NF-1001', 'NF-1002']);
    await save(['NF-1003'], '2018-08-01');
    return saveRules(tx, people.programme, rules, 'test', at);
  });
  if (!saved.every(({ ok }) => ok)) throw new Error(JSON.stringify(saved));
  await arrive(240);
});
afterAll(() => database.drop());

/** Orders arrive in batches, late and out of order; one in eight is corrected, some of those are withdrawn. */
async function arrive(count: number): Promise<void> {
  const known: NewActivity[] = [];
  let at = Date.UTC(2018, 8, 1);
  for (let key = 0; key < count;) {
    const batch: NewActivity[] = [];
    for (let size = 1 + chance(12); size > 0; size -= 1) {
      const old = known.length > 10 && chance(8) === 0 ? known[chance(known.length)]! : null;
      if (!old) batch.push(order((key += 1)));
      else {
        const { participant, outlet } = old;
        const changed = { ...order(0), participant, outlet, externalKey: old.externalKey };
        if (!batch.some((one) => one.externalKey === changed.externalKey))
          batch.push(chance(3) === 0 ? { ...old, withdrawn: true } : changed);
      }
    }
    known.push(...batch.filter((one) => !one.withdrawn));
    at += 1000;
    const settled = await inNusa((tx) => recordAndPost(tx, programme, batch, new Date(at)));
    if (!settled.every(({ ok }) => ok)) throw new Error('an order was not recorded');
  }
}

type Options = { documents?: RuleDocument[]; threads?: number; signal?: AbortSignal };
function replay({ documents = [], threads = 2, signal }: Options = {}): Promise<ReplayResult> {
  return replayRules(
    database.db,
    { tenant: people.tenant, programme, documents, firstDay: '2018-07-01', lastDay: '2018-08-31' },
    { now, login: database.logins.worker, threads, ...(signal && { signal }) },
  );
}

describe('a replay of the live rules', () => {
  test('awards to each person, rule by rule, exactly what is in the book', async () => {
    const booked = await inNusa(async (tx) => {
      const ids = await tx.query<{ id: ActivityId; version: number }>(
        `select a.id, max(a.version)::int as version from activity a
         where a.tenant = $1 and a.kind = 'order' group by a.id`,
        [people.tenant],
      );
      const sums = new Map<string, bigint>();
      for (const { evaluation } of await evaluationsOf(tx, ids))
        for (const { code, units } of awardsOf(evaluation)) sums.set(code, (sums.get(code) ?? 0n) + units);
      const goals = await tx.query<{ code: string; units: bigint }>(
        `select r.code, sum(t.amount * case when t.reverses is null then 1 else -1 end)::bigint as units
         from transfer t
         join settlement s on s.tenant = $1 and s.goal = t.cause and s.turn = 1
         join rule r on r.tenant = $1 and r.id = s.rule and r.version = s.version
         where t.tenant = $1 group by r.code`,
        [people.tenant],
      );
      for (const { code, units } of goals) sums.set(code, units);
      return [...sums].toSorted().map(([code, units]) => ({ code, units }));
    });
    const earned = await inNusa((tx) =>
      tx.query<{ participant: string; units: bigint }>(
        `select a.owner as participant, a.balance as units from account a
         where a.tenant = $1 and a.role = 'available' and a.owner = any($2::uuid[]) and a.balance <> 0 order by 1`,
        [people.tenant, [people.sari, people.budi, people.olena, people.ivan, people.zofia]],
      ),
    );
    const result = await replay();
    expect(booked.length).toBe(7);
    expect(result.by.rule).toEqual(
      booked.map(({ code, units }) => ({ name: code, asset: 'points', live: units, proposed: units })),
    );
    const total = earned.reduce((sum, { units }) => sum + units, 0n);
    expect(result.totals).toEqual([{ name: '', asset: 'points', live: total, proposed: total }]);
    expect(result.participants).toMatchObject({ winners: 0, losers: 0, most: [], least: [] });
    expect(result.exhausted.map(({ rule }) => rule)).toContain('order-budget');
  });

  test('is the same in one thread and in three', async () => {
    const [one, three] = [await replay({ threads: 1 }), await replay({ threads: 3 })];
    expect({ ...three, seconds: 0 }).toEqual({ ...one, seconds: 0 });
  });
});

describe('a replay of a proposed rule', () => {
  test('tells what it costs by day, area, tier, product and rule, who wins, and when the budget ends', async () => {
    const documents = [
      rule('order-budget', {
        ...limited('rule', 200, 'partial'),
        effects: [
          { kind: 'award', leg: 'main', asset: 'points', per: 'quantity', stepMilli: 1000, units: 2 },
        ],
      }),
    ];
    const result = await replay({ documents });
    const [total] = result.totals;
    expect(total!.proposed - total!.live).toBe(220n);
    for (const rows of Object.values(result.by)) {
      expect(rows.reduce((sum, { live }) => sum + live, 0n)).toBe(total!.live);
      expect(rows.reduce((sum, { proposed }) => sum + proposed, 0n)).toBe(total!.proposed);
    }
    const changed = result.by.rule.filter(({ live, proposed }) => live !== proposed);
    expect(changed).toEqual([{ name: 'order-budget', asset: 'points', live: 180n, proposed: 400n }]);
    expect(result.participants.winners).toBeGreaterThan(0);
    expect(result.participants.most[0]).toMatchObject({ asset: 'points', personName: expect.any(String) });
    const ends = result.exhausted.filter(({ rule }) => rule === 'order-budget');
    expect(ends.map(({ period }) => period).toSorted()).toEqual(['month 2018-07', 'month 2018-08']);
    expect(await replay({ documents, threads: 1 })).toMatchObject({ totals: result.totals, by: result.by });
  });

  test('posts nothing and can be ended', async () => {
    const count = () =>
      inNusa((tx) => tx.query('select count(*) from transfer t where t.tenant = $1', [people.tenant]));
    const before = await count();
    await expect(replay({ signal: AbortSignal.abort() })).rejects.toThrow(ReplayStopped);
    await replay({ documents: [rule('order-new', {})] });
    expect(await count()).toEqual(before);
  });
});
