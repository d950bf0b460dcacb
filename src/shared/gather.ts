type Waiting<In, Out> = { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void };

/** Calls in one batch. */
const callsMax = 2000;

type Options<In> = { sizeMax?: number; sizeOf?: (item: In) => number; onIdle?: () => void };

/**
 * Group commit: makes single calls out of a verb that takes arrays. What arrives while a batch is under way waits, and
 * goes with the next as soon as that one has returned; there is no timer, so the size of batches follows the load.
 * `flush` answers in order; what it throws is thrown to every call of that batch. A batch has at most `sizeMax` in the
 * sum of `sizeOf` (one call may be larger by itself).
 */
export function gather<In, Out>(
  flush: (items: In[]) => Promise<Out[]>,
  { sizeMax = callsMax, sizeOf = () => 1, onIdle }: Options<In> = {},
): (item: In) => Promise<Out> {
  let waiting: Waiting<In, Out>[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    // Lets the calls of this very moment join the first batch.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, fitting(waiting, sizeMax, sizeOf));
      waiting = waiting.slice(batch.length);
      try {
        const outs = await flush(batch.map((call) => call.item));
        for (const [index, call] of batch.entries()) call.resolve(outs[index]!);
      } catch (error) {
        for (const call of batch) call.reject(error);
      }
    }
    running = false;
    onIdle?.();
  }

  return (item) =>
    new Promise<Out>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) void run();
    });
}

/** The same with a queue for each name, such as a tenant's: calls under one name share batches, names do not wait for each other. */
export function gatherByName<In, Out>(
  flush: (name: string, items: In[]) => Promise<Out[]>,
  options: Omit<Options<In>, 'onIdle'> = {},
): (name: string, item: In) => Promise<Out> {
  const queues = new Map<string, (item: In) => Promise<Out>>();
  return (name, item) => {
    let queue = queues.get(name);
    if (!queue) {
      // Names come from outside; one that nobody uses is forgotten.
      const onIdle = () => queues.delete(name);
      queue = gather((items: In[]) => flush(name, items), { ...options, onIdle });
      queues.set(name, queue);
    }
    return queue(item);
  };
}

/** How many of the first calls fit into one batch: one at least. */
function fitting<In>(calls: readonly { item: In }[], sizeMax: number, sizeOf: (item: In) => number): number {
  let size = 0;
  const end = calls.findIndex(({ item }, index) => {
    size += sizeOf(item);
    return index >= callsMax || (index > 0 && size > sizeMax);
  });
  return end < 0 ? calls.length : end;
}
