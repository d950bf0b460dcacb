import { afterEach, describe, expect, test } from 'vitest';
import { createPool, type PoolOptions, type ReceiptPool } from './pool.ts';
import type { Locale } from './reading.ts';

const malaysia: Locale = { currency: 'MYR', timeZone: 'Asia/Kuala_Lumpur', dateOrder: 'dmy' };

// A thread that does what the picture says, so that every way to fail can be seen.
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    let served = 0;
    parentPort.on('message', (message) => {
      if (message === 'end') return parentPort.close();
      const { picture } = message;
      const order = Buffer.from(picture.stored).toString();
      if (order === 'hang') for (;;);
      if (order === 'crash') setTimeout(() => { throw new Error('out of luck') });
      else if (order === 'exit') process.exit(3);
      else if (order === 'grow') { const kept = []; for (;;) kept.push(new Array(1e6).fill(order)); }
      else if (order === 'refuse') parentPort.postMessage({ problem: 'no picture' });
      else setTimeout(() => parentPort.postMessage({ reading: { engine: order, served: ++served } }), 5);
    });
  `)}`,
);

let pool: ReceiptPool;
afterEach(() => pool.close());
const open = (options: PoolOptions = {}) =>
  (pool = createPool({ program, timeoutS: 5, graceS: 0.2, ...options }));
const read = (order: string) => pool.read({ stored: Buffer.from(order), detail: null }, malaysia);

describe('createPool', () => {
  test('reads one picture after the other in the same thread', async () => {
    open();
    const readings = await Promise.all(['a', 'b', 'c'].map(read));
    expect(readings).toEqual([
      { engine: 'a', served: 1 },
      { engine: 'b', served: 2 },
      { engine: 'c', served: 3 },
    ]);
  });

  test('reads in as many threads as it is told', async () => {
    open({ workers: 2 });
    const readings = await Promise.all(['a', 'b'].map(read));
    expect(readings).toMatchObject([{ served: 1 }, { served: 1 }]);
  });

  test('a picture that cannot be read fails alone', async () => {
    open();
    const [bad, good] = await Promise.allSettled([read('refuse'), read('a')]);
    expect(bad).toMatchObject({ reason: { message: 'no picture' } });
    expect(good).toMatchObject({ value: { engine: 'a', served: 1 } });
  });

  test.each([
    ['crash', 'out of luck'],
    ['exit', 'the reading thread ended with code 3'],
    ['grow', 'memory'],
  ])(
    'a thread that ends by %s takes only its own picture along',
    async (order, message) => {
      open();
      const [bad, good] = await Promise.allSettled([read(order), read('a')]);
      expect(bad).toMatchObject({ reason: { message: expect.stringContaining(message) } });
      expect(good).toMatchObject({ value: { engine: 'a', served: 1 } });
    },
    20_000,
  );

  test('a thread that hangs is replaced after the time-out', async () => {
    open({ timeoutS: 0.3 });
    const [bad, good] = await Promise.allSettled([read('hang'), read('a')]);
    expect(bad).toMatchObject({ reason: { message: 'reading the picture took longer than 0.3 s' } });
    expect(good).toMatchObject({ value: { engine: 'a' } });
  });

  test('turns pictures away when too many wait', async () => {
    open({ queueMax: 1 });
    const running = read('a');
    const waiting = read('b');
    await expect(read('c')).rejects.toThrow('1 pictures wait to be read');
    await Promise.all([running, waiting]);
  });

  test('a closed pool rejects what runs, what waits and what comes', async () => {
    open();
    const answers = Promise.allSettled([read('hang'), read('a')]);
    await pool.close();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(read('b')).rejects.toThrow('closed');
  });
});
