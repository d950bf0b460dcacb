import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadDemo } from '../../demo/load.ts';
import { loadWeeks } from '../../demo/weeks.ts';
import { readConfig } from '../config.ts';
import { findTenant } from '../db/directory.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { snapReceipt } from '../flow/snap-receipt.ts';
import { tellEvidence, type EvidenceStory } from '../flow/tell-evidence.ts';
import { log } from '../log.ts';
import { startServices } from '../main.ts';
import { participantByCode } from '../network/participants.ts';
import { isJudged } from '../evidence/progress.ts';
import type { EvidenceId, TenantId } from '../shared/id.ts';
import { readArgs, say } from './command.ts';
import { untilAskedToStop } from './start.ts';
import { tellInShort, tellStory } from './tell-story.ts';

export const usage = `Usage: npx mitra demo [--exit]

Loads the demo world into the data folder, sends its receipts one after the other, tells what became of each, and stays up
until Ctrl-C. A second run finds everything as it was and counts nothing twice.

  --exit   stop after the telling`;

type Shown = { file: string; sender: string; caption: string };

const folder = path.resolve(import.meta.dirname, '../../demo');
/** These are told in full: they show most of what can happen. The rest gets a line each. */
const toldInFull = ['subang-bestari.jpg', 'subang-bestari-again.jpg', 'guardian-rawang.jpg'];
/** A machine that reads nothing for so long is told about, and the demo goes on. */
const patienceS = 120;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs(args, { exit: { type: 'boolean' } });
  const config = { ...readConfig(), demo: true };
  log.level = config.logLevel === 'info' ? 'warn' : config.logLevel;
  const asked = untilAskedToStop();
  say('Mitra demo: Nusa Foods & Home rewards the people in shops who sell its goods.\n');
  say('Starting the database and the server ...');
  const { app, url, stop } = await startServices(config, ['web', 'worker']);
  try {
    await loadDemo(app.db);
    await loadWeeks(app.db, app.now());
    const { tenant } = (await findTenant(app.db, 'nusa'))!;
    await tellAll(app, tenant, asked);
    say(`\nThe same on screen:
  ${url}/          the partner's page: sign in as Sari, or as Mira to try a receipt of your own
  ${url}/admin/    the brand's page: sign in as Dewi, who reviews, or Rina, the manager
  ${url}/docs      the API
  npx mitra snap PHOTO.jpg    (in another terminal) sends your own photo through the same story
  npx mitra verify            recomputes every balance and the chain of the ledger`);
    if (!values.exit) {
      say('\nCtrl-C stops it.');
      await asked;
      say('Stopping ...');
    }
  } finally {
    await stop();
  }
  return 0;
}

async function tellAll(app: App, tenant: TenantId, asked: Promise<void>): Promise<void> {
  const receipts = JSON.parse(readFileSync(path.join(folder, 'receipts.json'), 'utf8')) as Shown[];
  let stopped = false;
  void asked.then(() => (stopped = true));
  const inFull = receipts.filter(({ file }) => toldInFull.includes(file));
  const inShort = receipts.filter(({ file }) => !toldInFull.includes(file));
  for (const [i, shown] of inFull.entries()) {
    if (stopped) return;
    say(`\n${i + 1}. ${shown.caption}\n   ${path.join('demo/receipts', shown.file)}`);
    for (const line of tellStory(await send(app, tenant, shown))) say(line);
  }
  say(`\nAnd ${inShort.length} more:`);
  for (const shown of inShort) {
    if (stopped) return;
    say(tellInShort(await send(app, tenant, shown)));
  }
}

async function send(app: App, tenant: TenantId, { file, sender }: Shown): Promise<EvidenceStory> {
  const bytes = readFileSync(path.join(folder, 'receipts', file));
  const participant = await withTenant(app.db, tenant, (tx) => participantByCode(tx, sender));
  const nothing = {
    outlet: null,
    capturedAt: null,
    latitude: null,
    longitude: null,
    accuracyM: null,
    device: null,
  };
  const snapped = await snapReceipt(
    app,
    { tenant, participant: participant!.id },
    { bytes, source: 'app', ...nothing },
  );
  if (!snapped.ok) throw new Error(`the demo's own receipt ${file} was refused: ${snapped.refused}`);
  return untilTold(app, tenant, snapped.evidence);
}

/** Waits until the server's worker has read, judged and told. */
async function untilTold(app: App, tenant: TenantId, id: EvidenceId): Promise<EvidenceStory> {
  for (let waitedS = 0; ; waitedS += 0.1) {
    const story = await withTenant(app.db, tenant, (tx) => tellEvidence(tx, id));
    if (isJudged(story!.evidence.state) && story!.messages.length > 0) return story!;
    if (story!.evidence.state === 'parked' || waitedS > patienceS) return story!;
    await sleep(100);
  }
}
