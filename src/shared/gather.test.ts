import { expect, test } from 'vitest';

import { gather } from './gather.ts';

/** A verb that notes its batches and answers when told. */
function slowVerb() {
  const batches: number[][] = [];
  const release: (() => void)[] = [];
  const flush = async (items: number[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => release.push(resolve));
    if (items.includes(13)) throw new Error('thirteen');
    return items.map((item) => item * 10);
  };
  const step = async () => {
    release.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { batches, flush, step };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('what arrives while a batch is under way goes with the next, and everybody gets their own answer', async () => {
  const { batches, flush, step } = slowVerb();
  const call = gather(flush);
  const first = [call(1), call(2)];
  await tick();
  const second = [call(3), call(4), call(5)];
  await tick();
  expect(batches).toEqual([[1, 2]]);
  await step();
  expect(await Promise.all(first)).toEqual([10, 20]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  await step();
  expect(await Promise.all(second)).toEqual([30, 40, 50]);
});

test('a failure reaches the calls of its batch and no others', async () => {
  const { flush, step } = slowVerb();
  const call = gather(flush);
  const failing = [call(13), call(1)].map((out) => out.catch((error: Error) => error.message));
  await tick();
  const after = call(2);
  await step();
  await step();
  expect(await Promise.all(failing)).toEqual(['thirteen', 'thirteen']);
  expect(await after).toBe(20);
});

test('a batch is no larger than its limit, but one call may be', async () => {
  const { batches, flush, step } = slowVerb();
  const call = gather(flush, { sizeMax: 10, sizeOf: (item) => item });
  const outs = [4, 5, 6, 99, 1].map((item) => call(item));
  for (let batch = 0; batch < 4; batch += 1) {
    await tick();
    await step();
  }
  expect(await Promise.all(outs)).toEqual([40, 50, 60, 990, 10]);
  expect(batches).toEqual([[4, 5], [6], [99], [1]]);
});
