import { enqueue } from '../db/enqueue.ts';
import { withTenant } from '../db/transact.ts';
import { listProgrammes, programmeById, programmeByCode } from '../network/programmes.ts';
import { staffById } from '../network/staff.ts';
import { ReplayStopped } from '../replay/replay.ts';
import {
  askReplay,
  endReplay,
  noteProgress,
  replayById,
  type AskedReplay,
  type ReplayId,
} from '../replay/requests.ts';
import { neighbourProblems } from '../rules/check-neighbours.ts';
import { compileDocument } from '../rules/compile.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { RuleProblem } from '../rules/problem.ts';
import { newestRules } from '../rules/read-rules.ts';
import type { StaffId, TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { Day } from '../shared/time.ts';
import type { App } from './app.ts';
import { replayAndKeep } from './replay-rules.ts';

/** Code of the programme (empty where there is one), documents as they were sent, first and last day. */
export type ReplayWish = { programme: string; documents: readonly unknown[]; firstDay: Day; lastDay: Day };

type AskRefused =
  | Refused<'not-allowed' | 'bad-request'>
  | (Refused<'rule-invalid'> & { problems: RuleProblem[] });

/** How often a running replay says how far it is, and looks whether somebody has ended it. */
const noteEveryMs = 1000;

/** Asks for a replay of proposed rules: checks them, and queues the work. Managers and controllers may. */
export async function askForReplay(
  app: Pick<App, 'db' | 'now'>,
  by: { tenant: TenantId; id: StaffId },
  wish: ReplayWish,
): Promise<{ ok: true; replay: AskedReplay } | AskRefused> {
  return withTenant(app.db, by.tenant, async (tx) => {
    if (!(await mayReplay(tx, by.id))) return refuse('not-allowed');
    const all = await listProgrammes(tx);
    const programme =
      wish.programme === '' && all.length === 1 ? all[0]! : await programmeByCode(tx, wish.programme);
    if (!programme) return refuse('bad-request', { field: 'programme', problem: 'unknown' });
    if (wish.lastDay < wish.firstDay)
      return refuse('bad-request', { field: 'to', problem: 'is before from' });
    const others = (await newestRules(tx, programme.id)).filter(({ state }) => state === 'live');
    const checked = checkDocuments(
      wish.documents,
      others.map(({ document }) => document),
    );
    if (!checked.ok) return checked;
    const { documents } = checked;
    const { firstDay, lastDay } = wish;
    const asked = { programme: programme.id, askedBy: by.id, firstDay, lastDay, documents };
    const id = await askReplay(tx, asked, app.now());
    await enqueue(tx, 'replay', { tenant: tx.tenant, replay: id }, { key: `replay:${id}` });
    return { ok: true, replay: (await replayById(tx, id))! };
  });
}

/** Ends a replay that somebody asked for; one that is over stays as it is. Null for an unknown one. */
export async function cancelReplay(
  app: Pick<App, 'db' | 'now'>,
  by: { tenant: TenantId; id: StaffId },
  id: ReplayId,
): Promise<{ ok: true; replay: AskedReplay } | Refused<'not-allowed' | 'not-found'>> {
  return withTenant(app.db, by.tenant, async (tx) => {
    if (!(await replayById(tx, id))) return refuse('not-found');
    if (!(await mayReplay(tx, by.id))) return refuse('not-allowed');
    await endReplay(tx, id, { state: 'cancelled' }, app.now());
    return { ok: true, replay: (await replayById(tx, id))! };
  });
}

/** Does the work that was asked for, telling on the way how far it is. Harmless when it runs twice. */
export async function runAskedReplay(
  app: Pick<App, 'db' | 'now'>,
  tenant: TenantId,
  id: ReplayId,
): Promise<void> {
  const { db, now } = app;
  const asked = await withTenant(db, tenant, async (tx) => {
    const replay = await replayById(tx, id);
    if (!replay || !(await noteProgress(tx, id, { evaluated: 0, expected: null }))) return null;
    const programme = (await programmeById(tx, replay.programme))!;
    const staff = await staffById(tx, replay.askedBy);
    return { replay, programme, by: staff?.code ?? 'unknown' };
  });
  if (!asked) return;
  const { documents, firstDay, lastDay } = asked.replay;
  const stopping = new AbortController();
  let progress: { evaluated: number; expected: number | null } = { evaluated: 0, expected: null };
  const note = async () => {
    if (!(await withTenant(db, tenant, (tx) => noteProgress(tx, id, progress)))) stopping.abort();
  };
  const timer = setInterval(() => void note().catch(() => {}), noteEveryMs);
  try {
    const request = { tenant, programme: asked.programme, documents, firstDay, lastDay };
    const result = await replayAndKeep(app, request, asked.by, {
      login: db.workerLogin,
      signal: stopping.signal,
      onProgress: (evaluated, expected) => (progress = { evaluated, expected }),
    });
    await note();
    await withTenant(db, tenant, (tx) => endReplay(tx, id, { state: 'done', result }, now()));
  } catch (error) {
    if (error instanceof ReplayStopped) return;
    const { message } = error as Error;
    await withTenant(db, tenant, (tx) => endReplay(tx, id, { state: 'failed', problem: message }, now()));
    throw error;
  } finally {
    clearInterval(timer);
  }
}

async function mayReplay(tx: Parameters<typeof staffById>[0], id: StaffId): Promise<boolean> {
  const role = (await staffById(tx, id))?.role;
  return role === 'manager' || role === 'controller';
}

// Each for itself, and beside the live rules and each other.
function checkDocuments(
  given: readonly unknown[],
  live: readonly RuleDocument[],
):
  | { ok: true; documents: RuleDocument[] }
  | Refused<'bad-request'>
  | (Refused<'rule-invalid'> & { problems: RuleProblem[] }) {
  const compiled = given.map(compileDocument);
  const documents = compiled.flatMap((one) => (one.ok ? [one.document] : []));
  const codes = new Set(documents.map(({ code }) => code));
  const twice = documents.find(({ code }, i) => documents.findIndex((one) => one.code === code) < i);
  if (twice) return refuse('bad-request', { field: 'rules', problem: `two rules ${twice.code}` });
  const others = [...live.filter(({ code }) => !codes.has(code)), ...documents];
  const problems = compiled.flatMap((one) =>
    one.ok ? neighbourProblems(one.document, others) : one.problems,
  );
  if (problems.length === 0) return { ok: true, documents };
  return { ...refuse('rule-invalid'), problems };
}
