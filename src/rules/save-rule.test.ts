import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { factsOf, judge, line, multiplier, paid, rule, sale } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { addProgrammes, programmeIdOf } from '../network/programmes.ts';
import type { ProgrammeId } from '../shared/id.ts';
import type { RuleDocument } from './document.ts';
import { liveRules, newestRules, ruleByVersion, rulesByVersion, spansOf } from './read-rules.ts';
import { ruleIdOf, saveRules, type SaveOptions } from './save-rule.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let programme: ProgrammeId;
let programmes = 0;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-03-01T00:00:00Z');
const later = new Date('2018-03-20T00:00:00Z');

// Each test has an empty programme of its own.
beforeEach(async () => {
  const code = `p-${(programmes += 1)}`;
  programme = await inNusa(async (tx) => {
    await addProgrammes(tx, [
      {
        code,
        name: code,
        startsOn: '2018-01-01',
        endsOn: '2018-12-31',
        timeZone: 'Asia/Kuala_Lumpur',
        currency: 'MYR',
      },
    ]);
    return programmeIdOf(tx, code);
  });
});

const save = (document: unknown, when = at, options: SaveOptions = {}) =>
  inNusa(async (tx) => (await saveRules(tx, programme, [document], 'rina', when, options))[0]!);
const books = () => inNusa((tx) => liveRules(tx, programme));
const paidOn = async (day: string) =>
  paid(judge(await books(), sale([line('PLAIN')], { occurredAt: new Date(`${day}T04:00:00Z`) })));
const worth = (units: number, changes: Partial<RuleDocument> = {}) =>
  rule('r', { effects: [{ kind: 'award', leg: 'a', asset: 'points', per: 'activity', units }], ...changes });

describe('saveRules', () => {
  test('keeps a rule that is live from the beginning', async () => {
    expect(await save(worth(1))).toMatchObject({ ok: true, code: 'r', version: 1, unchanged: false });
    expect(await paidOn('2018-01-05')).toEqual({ r: 1 });
    const id = await inNusa(async (tx) => ruleIdOf(tx, programme, 'r'));
    expect(await inNusa((tx) => ruleByVersion(tx, id, 1))).toMatchObject({
      code: 'r',
      state: 'live',
      document: worth(1),
      effectiveFrom: null,
      createdAt: at,
      createdBy: 'rina',
    });
  });

  test('an edit is a new version for events from then on; the same again adds nothing', async () => {
    await save(worth(1));
    expect(await save(worth(2), later)).toMatchObject({ version: 2, unchanged: false });
    expect(await save(worth(2), later)).toMatchObject({ version: 2, unchanged: true });
    expect(await paidOn('2018-03-19')).toEqual({ r: 1 });
    expect(await paidOn('2018-03-20')).toEqual({ r: 2 });
  });

  test('a version may be said to count from an earlier day', async () => {
    await save(worth(1));
    await save(worth(2), later);
    await save(worth(3), later, { effectiveFrom: new Date('2018-03-10T00:00:00Z') });
    expect(await Promise.all(['2018-03-09', '2018-03-10', '2018-04-01'].map(paidOn))).toEqual([
      { r: 1 },
      { r: 3 },
      { r: 3 },
    ]);
  });

  test('a draft judges nobody and a retired rule nobody any more', async () => {
    await save(worth(1));
    await save(worth(9), later, { state: 'draft' });
    expect(await paidOn('2018-04-01')).toEqual({ r: 1 });
    await save(worth(1), later, { state: 'retired' });
    expect(await paidOn('2018-03-19')).toEqual({ r: 1 });
    expect(await paidOn('2018-04-01')).toEqual({});
    expect(await inNusa((tx) => newestRules(tx, programme))).toMatchObject([
      { version: 3, state: 'retired' },
    ]);
  });

  test('rule-invalid: tells place and reason, and writes nothing', async () => {
    expect(await save(worth(1, { condition: 'shop == "x"' }))).toMatchObject({
      ok: false,
      refused: 'rule-invalid',
      problems: [
        {
          why: 'no-name',
          facts: { name: 'shop' },
          at: 'condition',
          code: 'expression-name',
          position: { line: 1, column: 1 },
        },
      ],
    });
    expect(await inNusa((tx) => newestRules(tx, programme))).toEqual([]);
  });

  test('rule-invalid: names that nobody knows', async () => {
    const document = worth(1, {
      scope: { kinds: ['receipt'], audience: { tiers: ['silver', 'glod'] }, products: { skus: ['X-1'] } },
    });
    const known = { assets: ['status'], tiers: ['silver', 'gold'], skus: ['X-1'] };
    const saved = await save(document, at, { known });
    expect(saved).toMatchObject({
      problems: [
        { code: 'unknown-name', at: 'effects[0].asset', facts: { name: 'points' } },
        { code: 'unknown-name', at: 'scope.audience.tiers', facts: { name: 'glod' } },
      ],
    });
  });

  test('rule-invalid: a group with two modes, or of awards and multipliers', async () => {
    await save(worth(1));
    const stacking = { group: 'base', order: 1, mode: 'best' as const };
    expect(await save({ ...worth(1), code: 's', stacking })).toMatchObject({
      problems: [
        { at: 'stacking.mode', why: 'group-mode', facts: { group: 'base', mode: 'sum', rule: 'r' } },
      ],
    });
    await save(multiplier('m', 200));
    const extra = { group: 'extra', order: 1, mode: 'sum' as const };
    expect(await save({ ...worth(1), code: 's', stacking: extra })).toMatchObject({
      problems: [{ at: 'stacking.group' }],
    });
    expect(await save(worth(1, { stacking }))).toMatchObject({ ok: true, version: 2 });
  });

  test('rule-changed: somebody else was faster', async () => {
    await save(worth(1));
    expect(await save(worth(2), later, { basedOn: 1 })).toMatchObject({ version: 2 });
    expect(await save(worth(3), later, { basedOn: 1 })).toEqual({
      ok: false,
      refused: 'rule-changed',
      facts: { version: 2 },
    });
    const both = await Promise.all([4, 5].map((units) => save(worth(units), later, { basedOn: 2 })));
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

describe('liveRules', () => {
  test('answers from memory until a version is added, also after one was rolled back', async () => {
    await save(worth(1));
    const first = await books();
    expect(await books()).toBe(first);
    await expect(
      inNusa(async (tx) => {
        await saveRules(tx, programme, [worth(2)], 'rina', at);
        expect((await liveRules(tx, programme)).rules).toHaveLength(2);
        throw new Error('roll back');
      }),
    ).rejects.toThrow('roll back');
    expect((await books()).rules[0]!.version).toBe(1);
    await save(worth(3), at);
    expect((await books()).rules.at(-1)!.document).toEqual(worth(3));
  });

  test('keeps no book under the name of one that was read while somebody saved another version', async () => {
    await save(worth(1));
    const read = await inNusa((tx) => {
      let isSaved = false;
      const query: Tx['query'] = async (sql, ...rest) => {
        if (!isSaved && !sql.includes('fingerprint')) {
          isSaved = true;
          await save(worth(2), later);
        }
        return tx.query(sql, ...rest);
      };
      return liveRules({ ...tx, query }, programme);
    });
    expect(read.rules).toHaveLength(2);
    expect((await inNusa((tx) => liveRules(tx, programme, at))).rules).toHaveLength(1);
  });

  test('is one programme of one tenant', async () => {
    await save(worth(1));
    expect(
      (await inNusa((tx) => liveRules(tx, people.programme))).rules.map(({ document }) => document.code),
    ).not.toContain('r');
    const elsewhere = await withTenant(database.db, people.other.tenant, (tx) => liveRules(tx, programme));
    expect(elsewhere.rules).toEqual([]);
  });

  test('rulesByVersion finds what evaluations name', async () => {
    await save(worth(1));
    await save(worth(2), later);
    const { considered } = judge(await books(), sale([line('PLAIN')]), factsOf());
    const wanted = considered.map(({ rule, version }) => ({ id: rule, version }));
    expect(await inNusa((tx) => rulesByVersion(tx, wanted))).toMatchObject([
      { version: 2, document: worth(2) },
    ]);
  });
});

describe('spansOf', () => {
  const version = (number: number, from: string | null, state: 'live' | 'retired' = 'live') => ({
    id: 'r' as never,
    version: number,
    state,
    document: rule('r'),
    effectiveFrom: from === null ? null : new Date(from),
  });
  const short = (...versions: ReturnType<typeof version>[]) =>
    spansOf(versions).map(({ version, effectiveFrom, effectiveUntil }) => [
      version,
      effectiveFrom?.toISOString().slice(0, 10) ?? null,
      effectiveUntil?.toISOString().slice(0, 10) ?? null,
    ]);
  test.each([
    ['one', [version(1, null)], [[1, null, null]]],
    [
      'an edit',
      [version(1, null), version(2, '2018-02-01')],
      [
        [1, null, '2018-02-01'],
        [2, '2018-02-01', null],
      ],
    ],
    [
      'a later version that reaches further back replaces what lies after',
      [version(1, null), version(2, '2018-03-01'), version(3, '2018-02-01')],
      [
        [1, null, '2018-02-01'],
        [3, '2018-02-01', null],
      ],
    ],
    ['replaced altogether', [version(1, '2018-02-01'), version(2, null)], [[2, null, null]]],
    ['the end', [version(1, null), version(2, '2018-03-01', 'retired')], [[1, null, '2018-03-01']]],
    [
      'ended and begun again',
      [version(1, null), version(2, '2018-03-01', 'retired'), version(3, '2018-05-01')],
      [
        [1, null, '2018-03-01'],
        [3, '2018-05-01', null],
      ],
    ],
  ])('%s', (_name, versions, spans) => expect(short(...versions)).toEqual(spans));
});
