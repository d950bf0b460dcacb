import type { z } from '@hono/zod-openapi';
import type { Language, TextKey } from '../../web/texts/say.ts';
import type { TransferExplained } from '../flow/explain-transfer.ts';
import type { UnitsExplained, UnitsOf } from '../flow/explain-units.ts';
import type { Statement, Wallet } from '../flow/tell-wallet.ts';
import { isTextKey, text } from '../notify/texts.ts';
import { showActivity, showEvidenceRow, showTransfer } from './show-evidence.ts';
import type { explanationShape, statementShape, walletShape } from './shapes.ts';

export function showWallet({ balances, expiry }: Wallet): z.infer<typeof walletShape> {
  return {
    balances: balances.map(({ asset: { code, kind, scale }, available, held, pending, debt }) => ({
      asset: { code, kind, scale },
      available: Number(available),
      held: Number(held),
      pending: Number(pending),
      debt: Number(debt),
    })),
    expiry: expiry.map(({ expiresOn, units }) => ({ expiresOn, units: Number(units) })),
  };
}

export function showStatement(
  { lines, next }: Statement,
  language: Language,
): z.infer<typeof statementShape> {
  return {
    items: lines.map(({ transfer, asset, role, units, balanceAfter, evidence }) => ({
      transfer: transfer.id,
      at: transfer.at.toISOString(),
      effectiveAt: transfer.effectiveAt.toISOString(),
      kind: transfer.kind,
      role,
      asset: asset.code,
      units: Number(units),
      balanceAfter: Number(balanceAfter),
      title: titleOf(transfer.kind, language),
      evidence,
    })),
    next,
  };
}

export function showExplanation(
  told: TransferExplained,
  language: Language,
): z.infer<typeof explanationShape> {
  const { transfer, rule, activity, story, owners, units, byHand, bookedLate } = told;
  const shown =
    activity && showActivity(activity.activity, activity.participant, activity.outlet, activity.products);
  const late = bookedLate ? [text(language, 'explain.booked-late', bookedLate)] : [];
  const hand = byHand ? [text(language, 'explain.by-hand', byHand)] : [];
  // What was taken back is told by the award that it takes back, after that it was.
  const because = rule && !transfer.reverses ? [] : [titleOf(transfer.kind, language)];
  if (rule) because.push(rule.reason);
  return {
    transfer: showTransfer(transfer, owners),
    rule: rule && { code: rule.considered.code, version: rule.considered.version, title: rule.title },
    reasons: [...because, ...hand, ...late],
    steps: rule?.steps ?? [],
    activity: shown,
    evidence: story && showEvidenceRow(story, language),
    units: showUnits(units, transfer.asset.scale, language),
  };
}

function showUnits(
  { lots, uses, left }: UnitsExplained,
  scale: number,
  language: Language,
): z.infer<typeof explanationShape>['units'] {
  const plain = (units: bigint) => Number(units) / 10 ** scale;
  const part = (one: UnitsOf) => ({
    transfer: one.transfer,
    units: Number(one.units),
    returned: Number(one.returned),
    text: text(language, one.returned > 0n ? 'explain.part-returned' : 'explain.part', {
      units: plain(one.units),
      returned: plain(one.returned),
      title: one.rule ?? titleOf(one.kind, language),
      at: one.at,
    }),
  });
  const dated = (dateKey: TextKey, neverKey: TextKey, lot: { expiresOn: string | null; units: bigint }) => ({
    expiresOn: lot.expiresOn,
    units: Number(lot.units),
    text: text(language, lot.expiresOn ? dateKey : neverKey, {
      units: plain(lot.units),
      date: lot.expiresOn ?? '',
    }),
  });
  return {
    lots: lots.map((lot) => ({
      ...dated('explain.lot', 'explain.lot-never', lot),
      returned: Number(lot.returned),
      earnings: lot.earnings.map(part),
    })),
    uses: uses.map(part),
    left: left.map((lot) => dated('explain.left', 'explain.left-never', lot)),
  };
}

// Kinds with a sentence are said, any other word stands for itself.
function titleOf(kind: string, language: Language): string {
  const key = `kind.${kind}`;
  return isTextKey(key) ? text(language, key as TextKey) : kind;
}
