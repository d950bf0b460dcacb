import type { Config } from '../config.ts';
import type { Db } from '../db/transact.ts';
import type { ObjectStore } from '../evidence/objects.ts';
import type { ReceiptPool } from '../evidence/receipt/pool.ts';

/** What a running Mitra works with: settings, database, pictures, readers, clock. Made once in `main.ts` and handed on. */
export type App = {
  config: Config;
  db: Db;
  objects: ObjectStore;
  ocr: ReceiptPool;
  now: () => Date;
};
