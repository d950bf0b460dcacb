import { readConfig } from '../config.ts';
import { openDatabase } from '../db/open.ts';
import { withTenant } from '../db/transact.ts';
import { listExperiments, tellExperiment, type ToldExperiment } from '../flow/tell-experiments.ts';
import { showExperiment, showListedExperiment } from '../http/show-experiments.ts';
import type { RunningExperiment } from '../programme/experiments.ts';
import { printJson, readArgs, say } from './command.ts';
import { pickTenant } from './pick-tenant.ts';

export const usage = `Usage: npx mitra experiment [NAME] [--tenant CODE] [--json]

Without a name: the experiments there are. With a name: what it has brought so far, with its uncertainty.

  --tenant CODE  whose (may be left out where there is only one tenant)
  --json         print one JSON document`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { tenant: { type: 'string' }, json: { type: 'boolean' } }, [
    'NAME',
  ]);
  const [name] = positionals;
  const db = await openDatabase(readConfig(), { mode: 'share' });
  try {
    const { tenant } = await pickTenant(db, values.tenant);
    if (name === undefined) {
      const found = (await withTenant(db, tenant, listExperiments)).map(({ running }) => running);
      if (values.json) printJson({ items: found.map(showListedExperiment) });
      else for (const line of found.map(tellHead)) say(line);
      if (found.length === 0 && !values.json) say('There are no experiments.');
      return 0;
    }
    const told = await withTenant(db, tenant, (tx) => tellExperiment(tx, name, new Date()));
    if (!told) {
      process.stderr.write(`There is no experiment with the name "${name}".\n`);
      return 1;
    }
    if (values.json) printJson(showExperiment(told));
    else for (const line of tellResult(told)) say(line);
    return 0;
  } finally {
    await db.close();
  }
}

function tellHead({ experiment, rules, from, until }: RunningExperiment): string {
  const { name, of, treatmentPercent } = experiment;
  const time = `since ${from?.toISOString().slice(0, 10) ?? 'the beginning'}${until ? ` until ${until.toISOString().slice(0, 10)}` : ''}`;
  return `${name}: ${treatmentPercent} % of ${of}s get ${rules.map(({ code }) => code).join(', ')}, ${time}`;
}

const verdicts = {
  'too-small': 'too few to say anything',
  undecided: 'nothing is decided yet',
  better: 'it brings more',
  worse: 'it brings less',
};

function tellResult({ running, groups, uplift, verdict, groupSizeMin }: ToldExperiment): string[] {
  const { treated, heldOut } = groups;
  const { measure } = running.experiment;
  const unit =
    'currency' in measure
      ? `of the smallest part of ${measure.currency}`
      : `of ${measure.of === 'earned' ? `${measure.asset} earned` : measure.of}`;
  const show = (value: number) => value.toFixed(2);
  return [
    tellHead(running),
    `  treated  ${treated?.count ?? 0}, mean ${treated ? show(treated.mean) : '-'} (${unit})`,
    `  held out ${heldOut?.count ?? 0}, mean ${heldOut ? show(heldOut.mean) : '-'}`,
    ...(uplift
      ? [
          `  uplift   ${show(uplift.difference)} for each, between ${show(uplift.interval[0])} and ${show(uplift.interval[1])} (95 %)`,
        ]
      : []),
    `  ${verdicts[verdict]}${verdict === 'too-small' ? `: it takes ${groupSizeMin} in each group` : ''}`,
  ];
}
