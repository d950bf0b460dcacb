import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { rule } from '../../test/sales.ts';
import type { RuleDocument } from '../rules/document.ts';

let client: Client;
let close: () => Promise<void>;
let keys = 0;
beforeAll(async () => {
  const started = await testApp();
  ({ close } = started);
  client = httpClient(started.app);
  await client.signIn('rina', 'dewi', 'sari', 'zofia');
});
afterAll(() => close());

async function ask(as: string, method: string, route: string, body?: unknown) {
  const answer = await client.ask(route, { as, method, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, any> };
}

async function launch(document: RuleDocument): Promise<void> {
  const { rule: id, version } = (await ask('rina', 'POST', 'rules', { document })).body;
  const launched = await ask('rina', 'POST', `rules/${id}/launch`, {
    version,
    waiver: 'a test',
    from: '2018-01-01T00:00:00+08:00',
  });
  expect(launched.body).toMatchObject({ state: 'live' });
}

const shelf = (attributes: Record<string, unknown> | undefined, changes = {}) => ({
  source: 'photos',
  externalKey: `shelf-${(keys += 1)}`,
  kind: 'shelf-photo',
  participant: 'sari',
  outlet: 'toko-maju',
  occurredAt: '2018-03-21T12:00:00+08:00',
  ...(attributes && { attributes }),
  ...changes,
});
const record = (activity: unknown) => ask('rina', 'POST', 'activities', activity);
const paysOnce = (units: number | string): Partial<RuleDocument> => ({
  effects: [{ kind: 'award', leg: 'points', asset: 'points', per: 'activity', units }],
});
const attributes = { facings: 'int', score: 'double', passed: 'bool', place: 'string' } as const;

test('a kind that nobody foresaw is declared, recorded, judged, explained and corrected without a deploy', async () => {
  expect((await record(shelf({ facings: 6 }))).body).toMatchObject({
    status: 422,
    code: 'unknown-attribute',
  });
  await launch(rule('meeting', { scope: { kinds: ['meeting'] }, ...paysOnce(3) }));
  expect((await ask('dewi', 'POST', 'activity-kinds', { kind: 'shelf-photo', attributes })).status).toBe(403);
  const declared = await ask('rina', 'POST', 'activity-kinds', { kind: 'shelf-photo', attributes });
  expect(declared.body['items']).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ kind: 'shelf-photo', declared: true, attributes })]),
  );
  // What was paid before is taken as before; what nobody has heard of is not.
  expect((await record(shelf(undefined, { kind: 'meeting' }))).body).toMatchObject({ points: 3 });
  expect((await record(shelf(undefined, { kind: 'meting' }))).body).toMatchObject({ code: 'unknown-kind' });
  expect((await ask('dewi', 'GET', 'decisions')).body['items'][0]).toMatchObject({
    what: 'configured',
    by: 'rina',
  });

  await launch(
    rule('facings', {
      scope: { kinds: ['shelf-photo'], attributes: { facings: 'int', score: 'double' } },
      condition: 'activity.attributes.facings >= 4',
      ...paysOnce('activity.attributes.facings * 10 + int(activity.attributes.score * 10.0)'),
    }),
  );
  const first = await record(shelf({ facings: 6, score: 0.75, passed: true, place: 'till' }));
  expect(first).toMatchObject({ status: 201, body: { outcome: 'recorded', points: 67 } });
  expect((await record(shelf({ facings: 3, score: 1 }))).body).toMatchObject({ points: 0 });
  const key = { externalKey: 'shelf-of-may' };
  expect((await record(shelf({ facings: 5, score: 0 }, key))).body).toMatchObject({ points: 50 });
  expect((await record(shelf({ facings: 5, score: 0 }, key))).body).toMatchObject({ outcome: 'replayed' });
  expect((await record(shelf({ facings: 4, score: 0 }, key))).body).toMatchObject({
    version: 2,
    points: -10,
  });

  const { activity } = (await record(shelf({ score: 1 }))).body;
  expect((await ask('sari', 'GET', `activities/${activity}`)).body['attributes']).toEqual({ score: 1 });
  const { body } = await ask('sari', 'GET', `activities/${activity}/explanation?lang=en`);
  expect(body['rules']).toMatchObject([
    { fired: false, reason: { code: 'context-missing', facts: { fact: 'activity.attributes.facings' } } },
  ]);
});

test('is refused with the place where it does not fit the declaration, in the reader’s language', async () => {
  const refused = async (activity: unknown) => {
    const { body } = await ask('rina', 'POST', 'activities?lang=pl', activity);
    return `${body['code']}: ${body['detail']}`;
  };
  expect(await refused(shelf({ facings: 6 }, { kind: 'shelf-foto' }))).toBe(
    'unknown-kind: Ten program nie zna zdarzeń rodzaju shelf-foto. Zna: meeting, shelf-photo, receipt, sale, order, delivery, visit, training.',
  );
  expect(await refused(shelf({ facing: 6 }))).toContain('unknown-attribute: Zdarzenia rodzaju shelf-photo');
  expect(await refused(shelf({ facings: '6' }))).toBe(
    'wrong-attribute: facings musi być typu int, a 6 nie jest.',
  );
  for (const facings of [6.5, true, 2 ** 60]) expect(await refused(shelf({ facings }))).toContain('wrong');
  expect((await record(shelf(undefined))).body).toMatchObject({ outcome: 'recorded', points: 0 });
});

test('rules may read what is declared, and nothing else', async () => {
  const problems = async (scope: { kinds: string[]; attributes?: object }, condition = 'true') => {
    const document = { ...rule('checked', { condition }), scope };
    const { body } = await ask('dewi', 'POST', 'rules/validation', { document });
    return (body['problems'] as { code: string; at: string }[]).map(({ code, at }) => `${code} ${at}`);
  };
  const kinds = ['shelf-photo'];
  expect(
    await problems({ kinds, attributes: { facings: 'int' } }, 'activity.attributes.facings > 3'),
  ).toEqual([]);
  expect(await problems({ kinds: ['shelf-foto'] })).toEqual(['unknown-name scope.kinds']);
  expect(await problems({ kinds, attributes: { facing: 'int' } })).toEqual([
    'unknown-name scope.attributes.facing',
  ]);
  expect(await problems({ kinds, attributes: { facings: 'string' } })).toEqual([
    'contradiction scope.attributes.facings',
  ]);
  expect(await problems({ kinds }, 'activity.attributes.facings > 3')).toEqual(['expression-name condition']);
  expect(await problems({ kinds, attributes: { place: 'string' } }, 'activity.attributes.place > 3')).toEqual(
    ['expression-type condition'],
  );
  expect(await problems({ kinds, attributes: { constructor: 'string' } })).toEqual([
    'wrong-value scope.attributes.constructor',
  ]);
});

test('D14: a lesson pays once, and only when its quiz was passed', async () => {
  await ask('rina', 'POST', 'activity-kinds', {
    kind: 'quiz',
    attributes: { lesson: 'string', passed: 'bool' },
  });
  await launch(
    rule('tea-lesson', {
      scope: { kinds: ['quiz'], attributes: { lesson: 'string', passed: 'bool' } },
      condition: 'activity.attributes.lesson == "tea" && activity.attributes.passed',
      limits: [{ of: 'participant', per: 'programme', asset: 'points', units: 20, over: 'nothing' }],
      ...paysOnce(20),
    }),
  );
  const quiz = (passed: boolean, lesson = 'tea') =>
    record(shelf({ lesson, passed }, { kind: 'quiz', externalKey: `quiz-${(keys += 1)}` }));
  const points = [];
  for (const one of [quiz(false), quiz(true, 'rice'), quiz(true), quiz(true)])
    points.push((await one).body['points']);
  expect(points.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 20]);
});

test('a goal counts by attributes: two lessons that were passed with four stars or more', async () => {
  await ask('rina', 'POST', 'activity-kinds', { kind: 'lesson', attributes: { stars: 'int' } });
  await launch(
    rule('two-lessons', {
      scope: { kinds: ['lesson'], attributes: { stars: 'int' } },
      condition: 'activity.attributes.stars >= 4',
      effects: [{ kind: 'award', leg: 'both', asset: 'points', per: 'goal', units: 40 }],
      goal: { for: 'participant', per: 'month', counts: { of: 'activities' }, target: 2 },
    }),
  );
  const points = async () => (await ask('sari', 'GET', 'wallet')).body['balances'][0].available as number;
  const before = await points();
  for (const stars of [5, 3]) await record(shelf({ stars }, { kind: 'lesson' }));
  expect((await points()) - before).toBe(0);
  await record(shelf({ stars: 4 }, { kind: 'lesson' }));
  expect((await points()) - before).toBe(40);
});

test('D15: a display pays when it is approved, and is taken back when it no longer is', async () => {
  await ask('rina', 'POST', 'activity-kinds', { kind: 'display', attributes: { approved: 'bool' } });
  await launch(
    rule('display', {
      scope: { kinds: ['display'], attributes: { approved: 'bool' } },
      condition: 'activity.attributes.approved',
      ...paysOnce(30),
    }),
  );
  const display = async (approved: boolean) =>
    (await record(shelf({ approved }, { kind: 'display', externalKey: 'display-1' }))).body[
      'points'
    ] as number;
  expect([await display(false), await display(true), await display(true), await display(false)]).toEqual([
    0, 30, 0, -30,
  ]);
});

test('what might happen is tried with attributes too', async () => {
  const { occurredAt, kind, participant, outlet } = shelf(undefined);
  const imagined = { kind, participant, outlet, occurredAt, attributes: { facings: 8, score: 0.25 } };
  const { body } = await ask('dewi', 'POST', 'rules/evaluate', imagined);
  expect(body['awards']).toMatchObject([{ rule: 'facings', units: 82 }]);
});

test('kinds are part of the programme’s documents, and rules in them may name kinds that come with them', async () => {
  const { body: documents } = await ask('rina', 'GET', 'programme/documents');
  expect(documents['programme'].settings.kinds['shelf-photo']).toEqual({ attributes });
  const { settings } = documents['programme'];
  const kinds = { ...settings.kinds, audit: { attributes: { stars: 'int' } } };
  const stars = rule('stars', {
    scope: { kinds: ['audit'], attributes: { stars: 'int' } },
    ...paysOnce('activity.attributes.stars'),
  });
  const put = (given: unknown) =>
    ask('rina', 'PUT', 'programme/documents', { documents: given, launch: true, waiver: 'a test' });
  const alone = await put({ ...documents, rules: [...documents['rules'], stars] });
  expect(alone.body).toMatchObject({ status: 422, facts: { problem: expect.stringContaining('audit') } });
  const together = await put({
    ...documents,
    programme: { ...documents['programme'], settings: { ...settings, kinds } },
    rules: [...documents['rules'], stars],
  });
  expect(together.body['plan']).toMatchObject({
    programme: [{ at: 'settings.kinds.audit', new: { attributes: { stars: 'int' } } }],
    rules: [{ code: 'stars', change: 'added' }],
  });
});
