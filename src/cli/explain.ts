import { readConfig } from '../config.ts';
import { listTenants } from '../db/directory.ts';
import { withTenant } from '../db/transact.ts';
import { explainTransfer, type TransferExplained } from '../flow/explain-transfer.ts';
import { tellEvidence, type EvidenceStory } from '../flow/tell-evidence.ts';
import { showExplanation } from '../http/show-ledger.ts';
import { log } from '../log.ts';
import { openApp } from '../main.ts';
import { isId, type EvidenceId, type TransferId } from '../shared/id.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';
import { jsonOfStory } from './story-json.ts';
import { tellStory } from './tell-story.ts';

export const usage = `Usage: npx mitra explain TRANSFER_ID|EVIDENCE_ID [--json]

The ids are those that "mitra snap" and the pages show.`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { json: { type: 'boolean' } }, ['ID']);
  const [id] = positionals;
  if (!isId<TransferId & EvidenceId>(id))
    throw new UsageProblem('Which transfer or evidence? Give its id, a UUID in lower case.');
  const config = readConfig();
  log.level = values.json ? 'error' : config.logLevel;
  const { app, close } = await openApp(config, 'share');
  try {
    for (const { tenant } of await listTenants(app.db)) {
      const found = await withTenant(app.db, tenant, async (tx) => ({
        transfer: await explainTransfer(tx, id, 'en', null),
        story: await tellEvidence(tx, id),
      }));
      if (found.transfer || found.story) return tell(found, values.json === true);
    }
    process.stderr.write(`There is no transfer and no evidence with the id ${id}.\n`);
    return 1;
  } finally {
    await close();
  }
}

function tell(
  found: { transfer: TransferExplained | null; story: EvidenceStory | null },
  asJson: boolean,
): number {
  if (asJson) {
    printJson(found.transfer ? showExplanation(found.transfer, 'en') : jsonOfStory(found.story!));
    return 0;
  }
  if (found.transfer) {
    const { transfer, rule, reasons, steps, units } = showExplanation(found.transfer, 'en');
    say(
      `${transfer.units} ${transfer.asset.code} from ${transfer.debit.owner} (${transfer.debit.role}) to ${transfer.credit.owner} (${transfer.credit.role})`,
    );
    if (rule) say(`by the rule "${rule.title}" (${rule.code}, version ${rule.version})`);
    for (const line of [...reasons, ...steps]) say(`  ${line}`);
    tellUnits(units);
  }
  const story = found.story ?? found.transfer?.story;
  const told = found.transfer?.activity;
  if (told && !story) {
    const { activity, participant, outlet } = told;
    const [at, where] = [activity.occurredAt.toISOString(), outlet?.name ?? activity.outlet];
    say(`  for ${activity.kind} of ${participant.name}, ${where}, ${at}: activity ${activity.id}`);
  }
  if (story) for (const line of tellStory(story)) say(line);
  return 0;
}

/** The earnings behind a spend and the spends behind an earning, each with the id under which it is explained in turn. */
function tellUnits({ lots, uses, left }: ReturnType<typeof showExplanation>['units']): void {
  for (const { text, earnings } of lots) {
    say(`  ${text}`);
    for (const one of earnings) say(`    ${one.text}  ${one.transfer}`);
  }
  for (const one of uses) say(`  ${one.text}  ${one.transfer}`);
  for (const { text } of left) say(`  ${text}`);
}
