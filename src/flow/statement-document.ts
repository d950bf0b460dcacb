import { z } from 'zod';

import { readSigned, type PublicJwk, type SignatureProblem } from '../shared/jws.ts';

/** The `typ` of a signed statement, so that no other signed document can pass for one. */
export const statementType = 'mitra-statement+jws';

const units = z.int();
const balances = z.record(z.string(), units);

/** What a signed statement says. Amounts are integers of the asset's smallest part, times ISO 8601 in UTC. */
export const statementDocument = z.object({
  version: z.literal(1),
  issuedAt: z.string(),
  tenant: z.object({ id: z.string(), code: z.string(), name: z.string() }),
  programme: z.object({ id: z.string(), code: z.string(), name: z.string() }).nullable(),
  participant: z.object({ id: z.string(), code: z.string(), name: z.string() }),
  asset: z.object({ code: z.string(), kind: z.string(), scale: z.int() }),
  /** Both days included; `from` null: since the beginning. `by`: which of its two dates puts a movement into the period. */
  period: z.object({
    from: z.string().nullable(),
    to: z.string(),
    timeZone: z.string(),
    by: z.enum(['posted', 'business']),
  }),
  /** By role of the account: what can be spent is `available`. */
  opening: balances,
  movements: z.array(
    z.object({
      transfer: z.string(),
      at: z.string(),
      effectiveAt: z.string(),
      kind: z.string(),
      role: z.string(),
      units,
      balanceAfter: units,
    }),
  ),
  closing: balances,
  expiry: z.array(z.object({ expiresOn: z.string(), units })),
  /** The last link of the ledger's chain when it was signed; null: nothing had ever been posted. */
  chain: z.object({ seq: z.int(), hash: z.string(), at: z.string() }).nullable(),
});
export type StatementDocument = z.infer<typeof statementDocument>;

type Checked =
  | { ok: true; statement: StatementDocument; kid: string }
  | { ok: false; problem: SignatureProblem | 'not-understood' | 'does-not-add-up' };

/**
 * Reads a signed statement as a stranger would: is it signed by one of these keys, and does it add up, movement by movement
 * from the opening to the closing balances? Needs no database.
 */
export function checkStatement(text: string, keys: readonly PublicJwk[]): Checked {
  const read = readSigned(text, statementType, keys);
  if (!read.ok) return read;
  const parsed = statementDocument.safeParse(read.document);
  if (!parsed.success) return { ok: false, problem: 'not-understood' };
  if (!addsUp(parsed.data)) return { ok: false, problem: 'does-not-add-up' };
  return { ok: true, statement: parsed.data, kid: read.kid };
}

function addsUp({ opening, movements, closing }: StatementDocument): boolean {
  const balance = new Map(Object.entries(opening));
  for (const { role, units, balanceAfter } of movements) {
    const after = (balance.get(role) ?? 0) + units;
    if (after !== balanceAfter) return false;
    balance.set(role, after);
  }
  const roles = new Set([...balance.keys(), ...Object.keys(closing)]);
  return [...roles].every((role) => (balance.get(role) ?? 0) === (closing[role] ?? 0));
}
