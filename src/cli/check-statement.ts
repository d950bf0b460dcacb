import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { readConfig } from '../config.ts';
import { hasSigningKey, publicKeysOf, readPublicKeys } from '../flow/signing-keys.ts';
import { checkStatement, type StatementDocument } from '../flow/statement-document.ts';
import type { PublicJwk } from '../shared/jws.ts';
import { printJson, say, UsageProblem } from './command.ts';

const problems = {
  'not-signed-document': 'This is no signed statement: it is not a JWS in compact form signed with EdDSA.',
  'other-kind': 'This is a signed document, but no statement.',
  'unknown-key':
    'None of these keys signed it. Take the keys of the installation that the statement comes from.',
  'wrong-signature': 'The signature does not fit: the statement was changed, or somebody else signed it.',
  'not-understood': 'It is rightly signed, but written in a form that this version does not know.',
  'does-not-add-up':
    'It is rightly signed, but its movements do not lead from its opening to its closing balances.',
} as const;

/** Checks a signed statement and tells what it holds. Exit code 1 when it cannot be trusted. */
export async function verifyStatementFile(
  file: string,
  keyFile: string | undefined,
  asJson = false,
): Promise<number> {
  const signed = file === '-' ? await text(process.stdin) : await readGiven(file);
  const checked = checkStatement(signed, await keysFrom(keyFile));
  if (asJson) printJson(checked);
  else if (checked.ok) tellStatement(checked.statement, checked.kid);
  else process.stderr.write(`${problems[checked.problem]}\n`);
  return checked.ok ? 0 : 1;
}

async function keysFrom(file: string | undefined): Promise<PublicJwk[]> {
  if (file !== undefined) return readPublicKeys(await readGiven(file), file);
  const config = readConfig();
  if (hasSigningKey(config)) return publicKeysOf(config);
  throw new UsageProblem(
    'Whose signature? Give the public keys with --key: fetch them from /.well-known/jwks.json of the server it comes from.',
  );
}

async function readGiven(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageProblem(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function tellStatement(statement: StatementDocument, kid: string): void {
  const { tenant, programme, participant, asset, period, opening, movements, closing, chain } = statement;
  const write = (units: number) => (units / 10 ** asset.scale).toFixed(asset.scale);
  const balances = (of: Record<string, number>) =>
    Object.entries(of)
      .filter(([role, units]) => role === 'available' || units !== 0)
      .map(([role, units]) => `${write(units)} ${role}`)
      .join(', ') || 'nothing';
  say('The signature is right, and the statement adds up.\n');
  say(`  from       ${tenant.name}${programme ? `, ${programme.name}` : ''}`);
  say(`  about      ${asset.code} of ${participant.name} (${participant.code})`);
  say(`  period     ${period.from ?? 'the beginning'} to ${period.to}, days in ${period.timeZone}`);
  say(`             by the date of ${period.by === 'posted' ? 'posting' : 'the event'}`);
  say(`  opening    ${balances(opening)}`);
  for (const { at, effectiveAt, kind, role, units, balanceAfter } of movements) {
    const day = (period.by === 'posted' ? at : effectiveAt).slice(0, 10);
    const sign = units > 0 ? '+' : '';
    say(`  ${day} ${`${sign}${write(units)}`.padStart(12)}  ${kind} (${role}), then ${write(balanceAfter)}`);
  }
  say(`  closing    ${balances(closing)}`);
  for (const { expiresOn, units } of statement.expiry) say(`  expires    ${write(units)} after ${expiresOn}`);
  say(`\n  signed at  ${statement.issuedAt}`);
  say(`  by key     ${kid}`);
  if (chain) say(`  ledger at  batch ${chain.seq} of ${chain.at}, ${chain.hash}`);
}
