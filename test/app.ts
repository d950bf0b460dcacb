import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readConfig } from '../src/config.ts';
import { withTenant } from '../src/db/transact.ts';
import { openObjects } from '../src/evidence/objects.ts';
import { createPool } from '../src/evidence/receipt/pool.ts';
import type { App } from '../src/flow/app.ts';
import { deliverWaitingMessages } from '../src/flow/deliver-messages.ts';
import { readEvidence } from '../src/flow/read-evidence.ts';
import { snapReceipt, type Photo } from '../src/flow/snap-receipt.ts';
import { tellEvidence, type EvidenceStory } from '../src/flow/tell-evidence.ts';
import type { EvidenceId, ParticipantId } from '../src/shared/id.ts';
import { testDatabase } from './database.ts';
import { people, world, type World } from './world.ts';

/** A running Mitra over a fresh database with the demo world; only its jobs are run by the test. */
export async function testApp(): Promise<{ app: App; world: World; close(): Promise<void> }> {
  const { db, drop } = await testDatabase();
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-test-'));
  const config = { ...readConfig({ MITRA_DATA: folder }), demo: true };
  const ocr = createPool();
  const app: App = { config, db, objects: openObjects(config), ocr, now: () => new Date() };
  const close = async () => {
    await ocr.close();
    await drop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { app, world: await world(db), close };
}

/** The bytes of one of the demo's receipts. */
export function demoReceipt(file: string): Buffer {
  return readFileSync(path.resolve(import.meta.dirname, '../demo/receipts', file));
}

/** A photograph of which the device said nothing. */
export function photo(bytes: Uint8Array): Photo {
  const nothing = { capturedAt: null, latitude: null, longitude: null, accuracyM: null, device: null };
  return { bytes, outlet: null, source: 'app', ...nothing };
}

/** Somebody snaps a receipt and waits until everything has followed from it. */
export async function snapAndRead(
  app: App,
  participant: ParticipantId,
  bytes: Uint8Array,
): Promise<EvidenceStory> {
  const snapped = await snapReceipt(app, { tenant: people.tenant, participant }, photo(bytes));
  if (!snapped.ok) throw new Error(`refused: ${snapped.refused}`);
  return readAndTell(app, snapped.evidence);
}

/** Does what the jobs would do, and tells what became of the evidence. */
export async function readAndTell(app: App, evidence: EvidenceId): Promise<EvidenceStory> {
  await readEvidence(app, people.tenant, evidence);
  await deliverWaitingMessages(app, people.tenant);
  return (await withTenant(app.db, people.tenant, (tx) => tellEvidence(tx, evidence)))!;
}
