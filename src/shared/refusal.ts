/**
 * Every reason for which the product says no, by code. A verb returns refusals as values with the facts that belong to
 * them; `http` maps a code to a status, `notify/texts` to one sentence per language.
 */
export const refusalCodes = [
  // Asking
  'not-found',
  'not-signed-in',
  'not-allowed',
  'bad-request',
  'request-too-large',
  'wrong-code',
  'code-locked',
  'too-many-requests',
  'rate-limited',
  'key-reused',
  // Pictures
  'picture-unreadable',
  'picture-too-large',
  'picture-too-many-pixels',
  'picture-format',
  'no-outlet',
  // Review
  'not-in-review',
  'already-decided',
  'cannot-approve',
  // Activities and rules
  'activity-invalid',
  'unknown-kind',
  'unknown-attribute',
  'wrong-attribute',
  'link-to-self',
  'link-in-circle',
  'rule-invalid',
  'rule-changed',
  'not-replayed',
  'second-person',
  'not-proposed',
  'no-programme',
  'programme-fixed',
  'bound-fixed',
  // Ledger
  'below-floor',
  'unknown-account',
  'id-reused',
  'already-resolved',
  'hold-exceeded',
  'reversal-exceeded',
  'period-closed',
  'period-not-over',
  'unknown-transfer',
  'link-mismatch',
  'asset-mismatch',
  'unknown-asset',
  // Gifts and shared wallets
  'unknown-recipient',
  'gift-to-self',
  'gift-limit',
  'not-a-member',
  'limit-exceeded',
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

/** Facts travel with a refusal, sentences do not: each edge says it in the reader's language. */
export type Refused<Code extends RefusalCode = RefusalCode> = {
  ok: false;
  refused: Code;
  facts?: Record<string, string | number | boolean>;
};

export function refuse<Code extends RefusalCode>(
  refused: Code,
  facts?: Record<string, string | number | boolean>,
): Refused<Code> {
  return facts ? { ok: false, refused, facts } : { ok: false, refused };
}
