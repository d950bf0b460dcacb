import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { loadDemo } from '../../demo/load.ts';
import { loadWeeks } from '../../demo/weeks.ts';
import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { people, world } from '../../test/world.ts';
import { readProgramme, writeProgramme } from '../cli/programme-folder.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { programmeByCode } from '../network/programmes.ts';
import type { OtherDocument, ProgrammeDocuments } from '../programme/document.ts';
import { isEmptyPlan, planProgramme } from '../programme/plan.ts';
import { standingRules } from '../rules/read-rules.ts';
import { applyProgramme, exportProgramme, type ApplyOptions } from './apply-programme.ts';
import type { Actor } from './launch-rules.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  await world(database.db);
  folder = mkdtempSync(path.join(tmpdir(), 'mitra-programme-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const inOther = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  withTenant(database.db, people.other.tenant, work);
const at = new Date('2018-03-01T00:00:00Z');
const rina: Actor = { code: 'rina', role: 'manager' };
const karim: Actor = { code: 'karim', role: 'controller' };

const frame: ProgrammeDocuments['programme'] = {
  format: 1,
  code: 'autumn',
  name: 'Autumn',
  startsOn: '2018-01-01',
  endsOn: '2018-12-31',
  timeZone: 'Asia/Kuala_Lumpur',
  currency: 'MYR',
  assets: [{ code: 'points', kind: 'points', scale: 0 }],
  settings: {},
};
const empty: ProgrammeDocuments = { programme: frame, rules: [], others: [] };
const apply = (documents: ProgrammeDocuments, options: ApplyOptions = {}, by = rina) =>
  inNusa((tx) => applyProgramme(tx, documents, by, at, options));
const exported = (code: string) => inNusa((tx) => exportProgramme(tx, code));
const launch = { launch: true, waiver: 'a test' };
const changed = rule('r', { taxClass: 'bonus' });

test('what is exported is read again as it was, and applying it changes nothing', async () => {
  const documents = (await exported('mitra-warung'))!;
  expect(documents.rules.map(({ code }) => code)).toEqual([
    'base',
    'focus',
    'full-basket',
    'launch-month',
    'tier',
  ]);
  writeProgramme(folder, documents);
  const read = readProgramme(folder);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  expect(isEmptyPlan(planProgramme(documents, read.documents))).toBe(true);
  expect(await apply(read.documents, launch)).toMatchObject({ ok: true, rules: [] });
  expect(await exported('mitra-warung')).toEqual(documents);
});

test('the folder of the demo is what the demo has', async () => {
  const read = readProgramme(path.resolve(import.meta.dirname, '../../demo/programme'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const own = await testDatabase();
  await loadDemo(own.db);
  await loadWeeks(own.db, new Date());
  const documents = await withTenant(own.db, people.tenant, (tx) => exportProgramme(tx, 'mitra-warung'));
  await own.drop();
  const plan = planProgramme(documents, read.documents);
  expect(plan).toEqual({ programme: [], rules: [], others: [], unchanged: 11 });
});

test('a programme is carried to another tenant', async () => {
  const documents = (await exported('mitra-warung'))!;
  // Goods that the other tenant does not trade are named in no rule of the demo.
  const applied = await inOther((tx) => applyProgramme(tx, documents, rina, at, launch));
  expect(applied).toMatchObject({ ok: true, plan: { unchanged: 0 } });
  expect(await inOther((tx) => exportProgramme(tx, 'mitra-warung'))).toEqual(documents);
});

test('drafts leave what is live; a launch takes effect; an older folder rolls back', async () => {
  const first = { ...empty, rules: [rule('r'), rule('s')] };
  expect(await apply(first)).toMatchObject({ ok: true, rules: [{ state: 'draft' }, { state: 'draft' }] });
  expect((await exported('autumn'))!.rules).toEqual([]);
  expect(await apply(first, launch)).toMatchObject({ rules: [{ state: 'live' }, { state: 'live' }] });
  const second = { ...empty, programme: { ...frame, name: 'Autumn 2018' }, rules: [changed, rule('t')] };
  expect(await apply(second, launch)).toMatchObject({
    plan: {
      programme: [{ at: 'name', old: 'Autumn', new: 'Autumn 2018' }],
      rules: [
        { code: 'r', change: 'changed', fields: [{ at: 'taxClass', old: undefined, new: 'bonus' }] },
        { code: 's', change: 'retired' },
        { code: 't', change: 'added' },
      ],
    },
    rules: [
      { code: 'r', state: 'live' },
      { code: 't', state: 'live' },
      { code: 's', state: 'retired' },
    ],
  });
  expect(await exported('autumn')).toEqual(second);
  expect(await apply(first, launch)).toMatchObject({ ok: true });
  expect(await exported('autumn')).toEqual(first);
  expect(await apply(first, launch)).toMatchObject({ plan: { unchanged: 2 }, rules: [] });
});

test('all of it or nothing: one rule that is refused takes the others with it', async () => {
  const before = await exported('autumn');
  const bad = rule('x', { scope: { kinds: ['receipt'], products: { skus: ['NO-1'] } } });
  const refused = await apply({ ...empty, rules: [changed, bad] }, launch);
  expect(refused).toMatchObject({ ok: false, refused: 'rule-invalid', document: 'rules/x' });
  expect(await apply({ ...empty, rules: [changed] }, { launch: true })).toMatchObject({
    refused: 'not-replayed',
    document: 'rules/r',
  });
  expect(await exported('autumn')).toEqual(before);
});

test('a group may change its mode in all of its rules at once', async () => {
  const best = { group: 'base', order: 10, mode: 'best' } as const;
  const rules = [rule('r', { stacking: best }), rule('s', { stacking: best })];
  expect(await apply({ ...empty, rules }, launch)).toMatchObject({ ok: true });
});

test('time zone and currency of a programme stay; a controller sets what one person may launch', async () => {
  const documents = (await exported('autumn'))!;
  const other = { ...documents, programme: { ...documents.programme, timeZone: 'Asia/Jakarta' } };
  expect(await apply(other, launch)).toMatchObject({
    refused: 'programme-fixed',
    facts: { field: 'timeZone' },
  });
  const bounded = {
    ...documents,
    programme: { ...documents.programme, settings: { launchAlone: { points: 10 } } },
  };
  expect(await apply(bounded, launch)).toMatchObject({ refused: 'bound-fixed', document: 'programme' });
  expect(await apply(bounded, launch, karim)).toMatchObject({ ok: true });
  const dear = {
    ...bounded,
    rules: [...bounded.rules, rule('dear', { stacking: bounded.rules[0]!.stacking })],
  };
  expect(await apply(dear, launch)).toMatchObject({ ok: true, rules: [{ state: 'proposed' }] });
  expect(await apply(dear, launch)).toMatchObject({ ok: false, refused: 'second-person' });
  const more = { ...dear, rules: [...dear.rules, rule('more', { stacking: bounded.rules[0]!.stacking })] };
  expect(await apply(more, launch, karim)).toMatchObject({ refused: 'not-allowed', document: 'rules/more' });
  expect(await apply(dear, launch, karim)).toMatchObject({ rules: [{ code: 'dear', state: 'live' }] });
  const programme = await inNusa((tx) => programmeByCode(tx, 'autumn'));
  const standing = await inNusa((tx) => standingRules(tx, programme!.id));
  expect(standing.find(({ code }) => code === 'dear')!.createdBy).toBe('karim');
});

test('tiers and segments stand beside the rules, and rules may name them', async () => {
  const segment: OtherDocument = {
    format: 1,
    kind: 'segment',
    code: 'regulars',
    title: { en: 'Regulars' },
    counters: { receipts: { kinds: ['receipt'], counts: { of: 'activities' }, last: 'P30D' } },
    condition: 'counted.receipts >= 3',
  };
  const forRegulars = rule('r', { scope: { kinds: ['receipt'], audience: { segments: ['regulars'] } } });
  const frameOnly = { ...empty, programme: { ...frame, code: 'winter' } };
  expect(await apply({ ...frameOnly, rules: [forRegulars] })).toMatchObject({ refused: 'rule-invalid' });
  const documents = { ...frameOnly, rules: [forRegulars], others: [segment] };
  expect(await apply(documents)).toMatchObject({ ok: true, rules: [{ state: 'draft' }] });
  expect((await exported('winter'))!.others).toEqual([]);
  expect(await apply(documents, launch)).toMatchObject({
    plan: { others: [{ code: 'segment/regulars', change: 'added' }] },
    rules: [{ state: 'live' }],
  });
  expect(await exported('winter')).toEqual(documents);
  writeProgramme(folder, documents);
  expect(readProgramme(folder)).toEqual({ ok: true, documents });
  const stricter = { ...documents, others: [{ ...segment, condition: 'counted.receipts >= 5' }] };
  expect(await apply(stricter, launch)).toMatchObject({
    plan: { others: [{ fields: [{ at: 'condition', new: 'counted.receipts >= 5' }] }], unchanged: 1 },
  });
  expect(await apply({ ...documents, rules: [], others: [] }, launch)).toMatchObject({ ok: true });
  expect(await exported('winter')).toMatchObject({ rules: [], others: [] });
  rmSync(folder, { recursive: true });
  writeProgramme(folder, (await exported('mitra-warung'))!);
});

test('a folder with mistakes says in which file and where', () => {
  writeFileSync(path.join(folder, 'rules/base.json'), '{"format": 1, "code": "bse", ');
  writeFileSync(path.join(folder, 'rules/extra.json'), JSON.stringify(rule('other')));
  expect(readProgramme(folder)).toMatchObject({
    ok: false,
    problems: [{ document: 'rules/base.json', why: 'not-json-file' }],
  });
  writeFileSync(
    path.join(folder, 'rules/base.json'),
    JSON.stringify(rule('base', { condition: 'shop == 1' })),
  );
  expect(readProgramme(folder)).toMatchObject({
    ok: false,
    problems: [
      { document: 'rules/extra.json', at: 'code' },
      { document: 'rules/base', at: 'condition' },
    ],
  });
});
