import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import receipts from '../../demo/receipts.json' with { type: 'json' };
import { demoReceipt, photo, readAndTell, snapAndRead, testApp } from '../../test/app.ts';
import { withTenant } from '../db/transact.ts';
import { balancesOf } from '../ledger/read.ts';
import { verifyBook } from '../ledger/verify.ts';
import type { ParticipantId } from '../shared/id.ts';
import type { App } from './app.ts';
import { readEvidence } from './read-evidence.ts';
import { reviewEvidence } from './review-evidence.ts';
import { snapReceipt } from './snap-receipt.ts';
import type { EvidenceStory } from './tell-evidence.ts';

let app: App;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
const stories = new Map<string, EvidenceStory>();

beforeAll(async () => {
  ({ app, world, close } = await testApp());
});
afterAll(() => close());

const senderOf = (code: string): ParticipantId => world[code as 'sari'];

async function pointsOf(participant: ParticipantId): Promise<bigint> {
  const balances = await withTenant(app.db, world.tenant, (tx) => balancesOf(tx, participant));
  return balances.find(({ asset, role }) => asset.code === 'points' && role === 'available')?.available ?? 0n;
}

describe('the demo receipts', () => {
  test.each(receipts)('$file: $caption', { timeout: 60_000 }, async ({ file, sender, expected }) => {
    const story = await snapAndRead(app, senderOf(sender), demoReceipt(file));
    stories.set(file, story);
    const failed = story.verification!.checks.filter((check) => !check.ok).map((check) => check.code);
    expect({ verdict: story.verification!.verdict, reasons: failed, points: Number(story.points) }).toEqual(
      expected,
    );
    expect(story.messages.map(({ language }) => language)).toEqual([story.participant.language]);
  });
});

test('points, goods and messages follow from one verified receipt', () => {
  const story = stories.get('subang-bestari.jpg')!;
  expect(story.transfers.some(({ asset, kind }) => asset.code === 'points' && kind === 'award')).toBe(true);
  expect(story.stock.length).toBeGreaterThan(0);
  for (const { beforeMilli, afterMilli } of story.stock) expect(afterMilli).toBeLessThan(beforeMilli);
  expect(story.evaluation!.considered.every(({ reason }) => reason.code.length > 0)).toBe(true);
});

test('the same file from the same sender posts nothing and answers with the first result', async () => {
  const before = await pointsOf(world.sari);
  const first = stories.get('subang-bestari.jpg')!;
  const again = await snapReceipt(
    app,
    { tenant: world.tenant, participant: world.sari },
    photo(demoReceipt('subang-bestari.jpg')),
  );
  expect(again).toEqual({ ok: true, evidence: first.evidence.id, isNew: false });
  const story = await readAndTell(app, first.evidence.id);
  expect(story.transfers.map(({ id }) => id)).toEqual(first.transfers.map(({ id }) => id));
  expect(await pointsOf(world.sari)).toBe(before);
});

test('the copy in all its pixels goes when it was read, and does not come back with the same file', async () => {
  const large = await sharp(demoReceipt('jin-seng.jpg')).resize({ height: 2600 }).jpeg().toBuffer();
  const { evidence } = await snapAndRead(app, world.mira, large);
  expect(evidence.detail).not.toBeNull();
  expect(await app.objects.has(evidence.detail!)).toBe(false);
  await snapReceipt(app, { tenant: world.tenant, participant: world.mira }, photo(large));
  expect(await app.objects.has(evidence.detail!)).toBe(false);
  expect(await app.objects.has(evidence.object)).toBe(true);
});

test('abuse 13: the same file from somebody else is held beside the first and pays nothing', async () => {
  const story = await snapAndRead(app, world.budi, demoReceipt('subang-bestari.jpg'));
  expect(story.evidence.state).toBe('needs-review');
  expect(story.duplicate!.evidence.id).toBe(stories.get('subang-bestari.jpg')!.evidence.id);
  expect(story.points).toBe(0n);
});

test('reading evidence twice at the same time counts once', async () => {
  const { id } = stories.get('ligamas.jpg')!.evidence;
  const before = await pointsOf(world.olena);
  await Promise.all([readEvidence(app, world.tenant, id), readEvidence(app, world.tenant, id)]);
  expect(await pointsOf(world.olena)).toBe(before);
});

test('a reviewer approves what was held, under their name, and the points follow', async () => {
  const { evidence } = stories.get('guardian-rawang.jpg')!;
  const before = await pointsOf(world.zofia);
  const by = { tenant: world.tenant, staff: world.dewi };
  const review = {
    approve: true,
    reason: 'Zofia helps out in Rawang on weekends',
    corrections: {},
    seen: null,
  };
  expect(await reviewEvidence(app, by, evidence.id, review)).toEqual({ ok: true });
  const story = await readAndTell(app, evidence.id);
  expect(story.verification).toMatchObject({
    verdict: 'verified',
    decidedBy: world.dewi,
    note: review.reason,
  });
  expect(await pointsOf(world.zofia)).toBe(before + story.points);
});

test('a correction posts only the difference, and taking it back restores the balance', async () => {
  const first = stories.get('yong-cen.jpg')!;
  const before = await pointsOf(world.olena);
  const by = { tenant: world.tenant, staff: world.dewi };
  const match = first.verification!.matches.items.find(({ product }) => product)!;
  const item = first.reading!.document.items[match.item]!;
  const change = (amountMinor: number) =>
    reviewEvidence(app, by, first.evidence.id, {
      approve: true,
      reason: 'the amount was misread',
      corrections: {
        items: [{ item: match.item, product: match.product, quantity: item.quantity ?? 1, amountMinor }],
      },
      seen: null,
    });
  expect(await change(Math.round(item.amountMinor! / 2))).toEqual({ ok: true });
  const halved = await readAndTell(app, first.evidence.id);
  expect(halved.activity!.version).toBe(2);
  expect(halved.points).toBeLessThan(first.points);
  expect(await pointsOf(world.olena)).toBe(before - first.points + halved.points);
  expect(await change(item.amountMinor!)).toEqual({ ok: true });
  expect(await pointsOf(world.olena)).toBe(before);
  // Nothing was said about stock, so stock did not move.
  const again = await readAndTell(app, first.evidence.id);
  expect(again.transfers.filter(({ asset }) => asset.kind === 'goods')).toHaveLength(first.stock.length);
});

test('rejecting what was verified takes its points and goods back', async () => {
  const first = stories.get('ghee-hiang.jpg')!;
  const by = { tenant: world.tenant, staff: world.dewi };
  const review = { approve: false, reason: 'the sale was returned', corrections: {}, seen: null };
  expect(await reviewEvidence(app, by, first.evidence.id, review)).toEqual({ ok: true });
  const story = await readAndTell(app, first.evidence.id);
  expect(story.points).toBe(0n);
  expect(await pointsOf(world.grace)).toBe(0n);
  expect(story.activity).toMatchObject({ version: 2, withdrawn: true });
  const moved = new Map<string, bigint>();
  for (const { beforeMilli, afterMilli, sku } of story.stock)
    moved.set(sku, (moved.get(sku) ?? 0n) + afterMilli - beforeMilli);
  expect([...moved.values()].every((milli) => milli === 0n)).toBe(true);
});

describe('review: refuses', () => {
  const none = { corrections: {}, seen: null, reason: 'because' };

  test('not-allowed for a controller', async () => {
    const { id } = stories.get('sri-sinar.jpg')!.evidence;
    const answer = await reviewEvidence(app, { tenant: world.tenant, staff: world.karim }, id, {
      ...none,
      approve: true,
    });
    expect(answer).toMatchObject({ refused: 'not-allowed' });
  });

  test('cannot-approve what the programme rules out', async () => {
    const { id } = stories.get('sri-sinar.jpg')!.evidence;
    const by = { tenant: world.tenant, staff: world.dewi };
    expect(await reviewEvidence(app, by, id, { ...none, approve: true })).toMatchObject({
      refused: 'cannot-approve',
      facts: { check: 'programme-dates' },
    });
    expect((await readAndTell(app, id)).evidence.state).toBe('rejected');
  });

  test('already-decided when another verdict came in the meantime', async () => {
    const { evidence, verification } = stories.get('guardian-rawang.jpg')!;
    const by = { tenant: world.tenant, staff: world.rina };
    const answer = await reviewEvidence(app, by, evidence.id, {
      ...none,
      approve: false,
      seen: verification!.id,
    });
    expect(answer).toMatchObject({ refused: 'already-decided' });
  });
});

test('thirty uploads of one picture at once make one activity', { timeout: 60_000 }, async () => {
  const sender = { tenant: world.tenant, participant: world.mira };
  const snapped = await Promise.all(
    Array.from({ length: 30 }, () => snapReceipt(app, sender, photo(demoReceipt('pj-ss6.jpg')))),
  );
  const ids = new Set(snapped.map((each) => (each.ok ? each.evidence : each.refused)));
  expect(ids.size).toBe(1);
  expect(snapped.filter((each) => each.ok && each.isNew)).toHaveLength(1);
});

test('the book is in order after all of it', async () => {
  const { ok, firstBad } = await verifyBook(app.db, world.tenant);
  expect({ ok, firstBad }).toEqual({ ok: true, firstBad: undefined });
});
