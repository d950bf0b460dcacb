import { withTenant, type Db, type Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import type { RunningExperiment } from '../programme/experiments.ts';
import { keepLook, looksAt } from '../programme/looks.ts';
import { countedBy } from '../rules/document.ts';
import { usageName } from '../rules/evaluation.ts';
import { newestRules, type StoredRule } from '../rules/read-rules.ts';
import { readUsage } from '../rules/usage.ts';
import { log } from '../log.ts';
import type { TenantId } from '../shared/id.ts';
import { eachTenant } from './each-tenant.ts';
import { endRule } from './launch-rules.ts';
import { listExperiments, measure } from './tell-experiments.ts';

/** An experiment that was stopped by itself, and why. */
export type Stopped = { experiment: string; because: 'budget' | 'harm' };

/**
 * The daily look at the experiments that run: one whose budget is used up, or whose rule costs more than it brings, is
 * stopped by retiring its rules, with the reason among the decisions. Harm is judged once a week (`verdictOf`).
 */
export async function watchExperiments(db: Db, tenant: TenantId, now: Date): Promise<Stopped[]> {
  const stopped: Stopped[] = [];
  for (const { programme, running } of await withTenant(db, tenant, listExperiments)) {
    if (running.until !== null) continue;
    const because = await withTenant(db, tenant, (tx) => watch(tx, programme, running, now));
    if (because) stopped.push({ experiment: running.experiment.name, because });
  }
  return stopped;
}

/** Watches the experiments of every tenant. */
export async function watchAllExperiments(db: Db, now: Date): Promise<void> {
  await eachTenant(db, 'experiments could not be looked at', async ({ tenant, code }) => {
    for (const stopped of await watchExperiments(db, tenant, now))
      log.warn({ tenant: code, ...stopped }, 'an experiment was stopped');
  });
}

async function watch(
  tx: Tx,
  programme: Programme,
  running: RunningExperiment,
  now: Date,
): Promise<Stopped['because'] | null> {
  for (const rule of running.rules) {
    const spent = await budgetSpent(tx, rule);
    if (spent) return stop(tx, programme, running, now, 'budget', { rule: rule.code, ...spent });
  }
  const { name } = running.experiment;
  const looked = (await looksAt(tx, programme.id, name)).at(-1)?.look ?? 0;
  const measured = await measure(tx, programme, running, now);
  const { look, verdict, uplift, groups } = measured;
  if (look <= looked) return null;
  await keepLook(tx, programme.id, name, { look, at: now, verdict, uplift, groups });
  return verdict === 'worse' ? stop(tx, programme, running, now, 'harm', { look, uplift }) : null;
}

async function stop(
  tx: Tx,
  programme: Programme,
  { experiment, rules }: RunningExperiment,
  now: Date,
  because: Stopped['because'],
  facts: Record<string, unknown>,
): Promise<Stopped['because']> {
  const newest = await newestRules(tx, programme.id);
  for (const { id } of rules)
    await endRule(
      tx,
      programme,
      newest.find((one) => one.id === id)!,
      'mitra',
      now,
      {
        what: 'stopped',
        experiment: experiment.name,
        facts: { because, ...facts },
      },
    );
  return because;
}

/** The budget of a rule for the whole programme, when all of it is used; else null. */
async function budgetSpent(
  tx: Tx,
  { id, document }: StoredRule,
): Promise<{ counted: string; budget: number } | null> {
  for (const limit of document.limits ?? []) {
    if (limit.of !== 'rule' || limit.per !== 'programme') continue;
    const key = { rule: id, subject: id, asset: countedBy(limit), period: 'programme' };
    const used = (await readUsage(tx, [key])).get(usageName(key)) ?? 0n;
    const budget = 'asset' in limit ? limit.units : limit.value.minor;
    if (used >= BigInt(budget)) return { counted: countedBy(limit), budget };
  }
  return null;
}
