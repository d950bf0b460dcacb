import assert from 'node:assert/strict';

import { findTenantById } from '../db/directory.ts';
import { seeOneMoment, withTenant } from '../db/transact.ts';
import { assetByCode } from '../ledger/accounts.ts';
import { movementsMax, periodStatement, type PeriodStatement } from '../ledger/period-statement.ts';
import type { DateKind } from '../ledger/trial-balance.ts';
import { bookHead } from '../ledger/verified.ts';
import { participantById } from '../network/participants.ts';
import { listProgrammes } from '../network/programmes.ts';
import type { ParticipantId, TenantId } from '../shared/id.ts';
import { signDocument } from '../shared/jws.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { Day } from '../shared/time.ts';
import type { App } from './app.ts';
import { dayAt, momentsOf, timeZoneOf } from './calendar.ts';
import { signingKeyOf } from './signing-keys.ts';
import { statementType, type StatementDocument } from './statement-document.ts';

/** Whose statement, of which asset, for which days; `from` absent: since the beginning, `to` absent: until today. */
export type StatementAsked = { asset: string; from?: Day | undefined; to?: Day | undefined; by: DateKind };

/**
 * The signed statement of a participant's wallet: everything in it is read at one moment, together with the head of the
 * chain. Refuses `not-found` for an unknown participant or asset, `bad-request` for days the wrong way round or more
 * movements than one statement holds.
 */
export async function signStatement(
  app: Pick<App, 'db' | 'config' | 'now'>,
  tenant: TenantId,
  participant: ParticipantId,
  asked: StatementAsked,
): Promise<
  { ok: true; signed: string; statement: StatementDocument } | Refused<'not-found' | 'bad-request'>
> {
  const issuedAt = app.now();
  const principal = await findTenantById(app.db, tenant);
  assert(principal, 'whose book it is stands in the directory');
  const told = await withTenant(app.db, tenant, async (tx) => {
    await seeOneMoment(tx);
    const person = await participantById(tx, participant);
    const asset = await assetByCode(tx, asked.asset);
    if (!person || !asset) return refuse('not-found');
    const timeZone = await timeZoneOf(tx);
    const to = asked.to ?? dayAt(issuedAt, timeZone);
    const from = asked.from ?? null;
    if (from && from > to) return refuse('bad-request', { field: 'from', problem: 'later than "to"' });
    const days = momentsOf({ from, to }, timeZone);
    const statement = await periodStatement(tx, participant, asset.id, { ...days, by: asked.by });
    if (!statement)
      return refuse('bad-request', {
        field: 'from',
        problem: `more than ${movementsMax} movements: ask for fewer days`,
      });
    const [programme] = await listProgrammes(tx);
    const head = await bookHead(tx);
    const { code, kind, scale } = asset;
    return {
      ok: true as const,
      statement: {
        version: 1 as const,
        issuedAt: issuedAt.toISOString(),
        tenant: { id: tenant, code: principal.code, name: principal.name },
        programme: programme ? { id: programme.id, code: programme.code, name: programme.name } : null,
        participant: { id: person.id, code: person.code, name: person.name },
        asset: { code, kind, scale },
        period: { from, to, timeZone, by: asked.by },
        ...figuresOf(statement),
        chain: head && { seq: numberOf(head.seq), hash: head.hash, at: head.at.toISOString() },
      },
    };
  });
  if (!told.ok) return told;
  return { ...told, signed: signDocument(signingKeyOf(app.config), statementType, told.statement) };
}

function figuresOf({ opening, movements, closing, expiry }: PeriodStatement) {
  return {
    opening: balancesOf(opening),
    movements: movements.map(({ transfer, role, units, balanceAfter }) => ({
      transfer: transfer.id,
      at: transfer.at.toISOString(),
      effectiveAt: transfer.effectiveAt.toISOString(),
      kind: transfer.kind,
      role,
      units: numberOf(units),
      balanceAfter: numberOf(balanceAfter),
    })),
    closing: balancesOf(closing),
    expiry: expiry.map(({ expiresOn, units }) => ({ expiresOn, units: numberOf(units) })),
  };
}

function balancesOf(balances: Record<string, bigint>): Record<string, number> {
  return Object.fromEntries(Object.entries(balances).map(([role, units]) => [role, numberOf(units)]));
}

function numberOf(units: bigint): number {
  assert(Number.isSafeInteger(Number(units)), 'an amount that can be written as a number');
  return Number(units);
}
