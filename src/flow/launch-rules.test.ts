import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { addProgrammes, programmeByCode, type Programme } from '../network/programmes.ts';
import { listDecisions } from '../programme/decisions.ts';
import { keepReplay } from '../programme/replays.ts';
import type { RuleDocument } from '../rules/document.ts';
import { standingRules } from '../rules/read-rules.ts';
import { ruleIdOf } from '../rules/save-rule.ts';
import { declineRule, draftRules, launchRule, retireRule, type Actor } from './launch-rules.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let programme: Programme;
let programmes = 0;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-03-01T00:00:00Z');
const later = new Date('2018-03-20T00:00:00Z');
const nextDay = new Date('2018-03-21T00:00:00Z');
const rina: Actor = { code: 'rina', role: 'manager' };
const maya: Actor = { code: 'maya', role: 'manager' };
const karim: Actor = { code: 'karim', role: 'controller' };
const dewi: Actor = { code: 'dewi', role: 'reviewer' };

// Each test has a programme of its own, in which one person may launch what costs 1000 points at most.
beforeEach(async () => {
  const code = `launch-${(programmes += 1)}`;
  programme = await inNusa(async (tx) => {
    await addProgrammes(tx, [
      {
        code,
        name: code,
        startsOn: '2018-01-01',
        endsOn: '2018-12-31',
        timeZone: 'Asia/Kuala_Lumpur',
        currency: 'MYR',
        settings: { launchAlone: { points: 1000 } },
      },
    ]);
    return (await programmeByCode(tx, code))!;
  });
});

const draft = (document: unknown, by = rina) =>
  inNusa(async (tx) => (await draftRules(tx, programme, [document], by, at))[0]!);
const launch = (version: number, by: Actor, waiver?: string, when = later) =>
  inNusa((tx) =>
    launchRule(tx, programme, { rule: ruleIdOf(tx, programme.id, 'r'), version, waiver }, by, when),
  );
const replay = (document: RuleDocument, points: number) =>
  inNusa((tx) =>
    keepReplay(tx, programme.id, document, {
      at,
      by: 'rina',
      firstDay: '2018-01-01',
      lastDay: '2018-02-28',
      activities: 100,
      cost: { points },
    }),
  );
const live = () =>
  inNusa(async (tx) => (await standingRules(tx, programme.id)).map(({ code, version }) => [code, version]));
const log = () =>
  inNusa(async (tx) => {
    const all = await listDecisions(tx, { rule: ruleIdOf(tx, programme.id, 'r'), limit: 50 });
    return all.toReversed().map(({ what, by, version, facts }) => ({ what, by, version, facts }));
  });

describe('a launch', () => {
  test('takes the draft that was replayed in exactly this form', async () => {
    await draft(rule('r'));
    await replay(rule('r'), 900);
    expect(await launch(1, rina)).toMatchObject({ ok: true, state: 'live', version: 2, beyond: null });
    expect(await live()).toEqual([['r', 2]]);
    expect(await launch(2, rina)).toMatchObject({ ok: true, state: 'live', version: 2 });
    expect(await log()).toMatchObject([
      { what: 'drafted', by: 'rina', version: 1 },
      { what: 'launched', by: 'rina', version: 2, facts: { replayed: { cost: { points: 900 } } } },
    ]);
  });

  test('not-replayed: without a replay, and with the replay of another form', async () => {
    await draft(rule('r'));
    await replay(rule('r', { taxClass: 'bonus' }), 1);
    expect(await launch(1, rina)).toEqual({ ok: false, refused: 'not-replayed', facts: { rule: 'r' } });
    expect(await launch(1, rina, '  ')).toMatchObject({ refused: 'not-replayed' });
    expect(await live()).toEqual([]);
  });

  test('takes a stated reason in place of a replay, and keeps it', async () => {
    const budget = { of: 'rule', per: 'programme', asset: 'points', units: 1000, over: 'partial' } as const;
    await draft(rule('r', { limits: [budget] }));
    expect(await launch(1, rina, 'a new kind of activity: nothing to replay')).toMatchObject({
      state: 'live',
    });
    expect((await log()).at(-1)!.facts).toEqual({ waiver: 'a new kind of activity: nothing to replay' });
  });

  test.each([
    ['a replayed cost above the bound', 1001, {}],
    ['an unknown cost', null, {}],
    [
      'a budget above the bound, whatever the replay says',
      10,
      { limits: [{ of: 'rule', per: 'programme', asset: 'points', units: 1001, over: 'partial' }] },
    ],
    [
      'a budget that is only reported',
      1001,
      { limits: [{ of: 'rule', per: 'programme', asset: 'points', units: 5, over: 'honour' }] },
    ],
  ] as [string, number | null, Partial<RuleDocument>][])(
    'needs a second person for %s',
    async (_name, points, changes) => {
      const document = rule('r', changes);
      await draft(document);
      if (points !== null) await replay(document, points);
      const proposed = await launch(1, rina, 'nothing to replay');
      expect(proposed).toMatchObject({ ok: true, state: 'proposed', version: 2, beyond: { limit: 1000 } });
      expect(await live()).toEqual([]);
      expect(await launch(2, rina)).toEqual({ ok: false, refused: 'second-person', facts: { rule: 'r' } });
      expect(await launch(2, dewi)).toEqual({ ok: false, refused: 'not-allowed' });
      const approved = await launch(2, karim, undefined, nextDay);
      expect(approved).toMatchObject({ ok: true, state: 'live', version: 3 });
      expect(await live()).toEqual([['r', 3]]);
      expect((await log()).at(-1)).toMatchObject({
        what: 'launched',
        by: 'karim',
        facts: { proposedBy: 'rina' },
      });
    },
  );

  test('of a proposal that changed meanwhile is refused: rule-changed', async () => {
    await draft(rule('r'));
    await launch(1, rina, 'new');
    await draft(rule('r', { taxClass: 'bonus' }));
    expect(await launch(2, karim)).toMatchObject({ refused: 'rule-changed', facts: { version: 3 } });
    expect(await live()).toEqual([]);
  });

  test('by two at once makes one version', async () => {
    await draft(rule('r'));
    await launch(1, rina, 'new');
    const both = await Promise.all([launch(2, karim), launch(2, maya)]);
    expect(both.filter((one) => one.ok && one.version === 3)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ refused: 'rule-changed' });
  });

  test('of what was proposed begins when it is approved, not when it was proposed', async () => {
    await draft(rule('r'));
    await launch(1, rina, 'new', at);
    await launch(2, karim, undefined, later);
    const [standing] = await inNusa((tx) => standingRules(tx, programme.id));
    expect(standing!.effectiveFrom).toEqual(later);
  });
});

describe('a draft', () => {
  test('is saved by managers, once for the same text, and names only what there is', async () => {
    expect(await draft(rule('r'), dewi)).toEqual({ ok: false, refused: 'not-allowed' });
    expect(await draft(rule('r'))).toMatchObject({ version: 1, state: 'draft' });
    expect(await draft(rule('r'))).toMatchObject({ version: 1, state: 'draft' });
    expect(
      await draft(rule('r', { scope: { kinds: ['receipt'], products: { skus: ['NO-1'] } } })),
    ).toMatchObject({
      refused: 'rule-invalid',
      problems: [{ code: 'unknown-name', at: 'scope.products.skus' }],
    });
    expect(await log()).toHaveLength(1);
  });

  test('comes back from a proposal that was declined, with the reason', async () => {
    await draft(rule('r'));
    await launch(1, rina, 'new');
    const ruleId = await inNusa(async (tx) => ruleIdOf(tx, programme.id, 'r'));
    const decline = (version: number) =>
      inNusa((tx) =>
        declineRule(tx, programme, { rule: ruleId, version, reason: 'too dear' }, karim, nextDay),
      );
    expect(await decline(2)).toMatchObject({ ok: true, state: 'draft', version: 3 });
    expect(await decline(3)).toMatchObject({ refused: 'not-proposed' });
    expect((await log()).at(-1)).toMatchObject({ what: 'declined', facts: { reason: 'too dear' } });
  });
});

test('a rule that is retired keeps what was live last, and ends', async () => {
  await draft(rule('r'));
  await replay(rule('r'), 1);
  await launch(1, rina);
  await draft(rule('r', { taxClass: 'bonus' }));
  const ruleId = await inNusa(async (tx) => ruleIdOf(tx, programme.id, 'r'));
  const retire = () =>
    inNusa((tx) => retireRule(tx, programme, { rule: ruleId, version: 3, reason: 'over' }, rina, nextDay));
  expect(await retire()).toMatchObject({ ok: true, state: 'retired', version: 4 });
  expect(await live()).toEqual([]);
  expect((await log()).at(-1)).toMatchObject({ what: 'retired', version: 4, facts: { reason: 'over' } });
});
