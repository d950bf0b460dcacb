import { readFile } from 'node:fs/promises';
import { loadDemo } from '../../demo/load.ts';
import { readConfig } from '../config.ts';
import { listTenants, findTenant } from '../db/directory.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { deliverWaitingMessages } from '../flow/deliver-messages.ts';
import { readEvidence } from '../flow/read-evidence.ts';
import { snapReceipt } from '../flow/snap-receipt.ts';
import { tellEvidence, type EvidenceStory } from '../flow/tell-evidence.ts';
import { problemOf } from '../http/problem.ts';
import { log } from '../log.ts';
import { openApp } from '../main.ts';
import { outletsOfParticipant } from '../network/outlets.ts';
import { participantByCode } from '../network/participants.ts';
import type { OutletId, ParticipantId, TenantId } from '../shared/id.ts';
import type { Refused } from '../shared/refusal.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { jsonOfStory } from './story-json.ts';
import { tellStory } from './tell-story.ts';

export const usage = `Usage: npx mitra snap FILE... [--json] [--as CODE] [--outlet CODE] [--tenant CODE]

  FILE       a JPEG, PNG or WebP picture
  --json     one JSON document: an object for one file, a list for several; amounts are integers of the currency's
             smallest part, units of the asset's
  --as       who sends it (default: mira, the demo's seller at the open outlet, which takes papers of any shop)
  --outlet   the shop it is from (default: found from the sender and the paper)
  --tenant   whose programme (default: nusa, the demo's principal)

An empty database is given the demo world first. The same file from the same sender answers with its first result.`;

/** While this process reads the picture itself, a server's worker leaves it alone for so long. */
const readDelayS = 120;

export async function run(args: string[]): Promise<number> {
  const { values, positionals: files } = readArgs(
    args,
    {
      json: { type: 'boolean' },
      as: { type: 'string', default: 'mira' },
      outlet: { type: 'string' },
      tenant: { type: 'string', default: 'nusa' },
    },
    ['FILE...'],
  );
  if (files.length === 0) throw new UsageProblem('Which picture? Name at least one file.');
  const config = readConfig();
  log.level = values.json ? 'error' : config.logLevel;
  const { app, close } = await openApp(config, 'share');
  try {
    const sender = await senderOf(app, values.tenant, values.as, values.outlet);
    const answers: Answer[] = [];
    for (const file of files) {
      const answer = await snapFile(app, sender, file);
      answers.push(answer);
      if (!values.json) tell(answer);
    }
    if (values.json) {
      const documents = answers.map(jsonOf);
      printJson(documents.length === 1 ? documents[0] : documents);
    }
    return answers.every((answer) => 'story' in answer) ? 0 : 1;
  } finally {
    await close();
  }
}

type Sender = { tenant: TenantId; participant: ParticipantId; outlet: OutletId | null };
type Answer =
  | { file: string; story: EvidenceStory; isNew: boolean; readMs: number; totalMs: number }
  | { file: string; refused: Refused };

async function senderOf(
  app: App,
  tenantCode: string,
  code: string,
  outletCode: string | undefined,
): Promise<Sender> {
  if ((await listTenants(app.db)).length === 0) await loadDemo(app.db);
  const tenant = await findTenant(app.db, tenantCode);
  if (!tenant) throw new UsageProblem(`There is no tenant "${tenantCode}".`);
  return withTenant(app.db, tenant.tenant, async (tx) => {
    const participant = await participantByCode(tx, code);
    if (!participant) throw new UsageProblem(`There is no participant "${code}" in ${tenant.name}.`);
    const own = await outletsOfParticipant(tx, participant.id);
    const outlet = own.find((each) => each.code === outletCode) ?? null;
    if (outletCode && !outlet) {
      throw new UsageProblem(
        `${participant.name} acts for ${own.map((each) => each.code).join(', ')}, not for "${outletCode}".`,
      );
    }
    return { tenant: tenant.tenant, participant: participant.id, outlet: outlet?.id ?? null };
  });
}

async function snapFile(app: App, { tenant, participant, outlet }: Sender, file: string): Promise<Answer> {
  const started = performance.now();
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageProblem(
      `"${file}" cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`,
    );
  });
  const nothing = { capturedAt: null, latitude: null, longitude: null, accuracyM: null, device: null };
  const photo = { bytes, outlet, source: 'cli' as const, ...nothing };
  const snapped = await snapReceipt(app, { tenant, participant }, photo, { readDelayS });
  if (!snapped.ok) return { file, refused: snapped };
  const reading = performance.now();
  await readEvidence(app, tenant, snapped.evidence);
  const readMs = performance.now() - reading;
  await deliverWaitingMessages(app, tenant);
  const story = await withTenant(app.db, tenant, (tx) => tellEvidence(tx, snapped.evidence));
  return { file, story: story!, isNew: snapped.isNew, readMs, totalMs: performance.now() - started };
}

function tell(answer: Answer): void {
  say(`\n${answer.file}`);
  if ('refused' in answer) say(`  refused: ${problemOf(answer.refused, 'en').detail}`);
  else for (const line of tellStory(answer.story)) say(line);
}

function jsonOf(answer: Answer): object {
  if ('refused' in answer) return { file: answer.file, refused: problemOf(answer.refused, 'en') };
  const { file, story, isNew, readMs, totalMs } = answer;
  const timings = { readMs: Math.round(readMs), totalMs: Math.round(totalMs) };
  return { file, isNew, ...jsonOfStory(story), timings };
}
