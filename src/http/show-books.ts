import { z } from '@hono/zod-openapi';

import type { ToldPeriod, ToldTrial } from '../flow/tell-books.ts';

const day = () => z.iso.date().openapi({ example: '2018-03-21' });
const time = () => z.iso.datetime();
const units = (description: string) => z.int().openapi({ description });

export const trialBalanceShape = z
  .object({
    from: day().nullable().openapi({ description: 'First day; null: since the beginning' }),
    to: day().openapi({ description: 'Last day' }),
    timeZone: z.string().openapi({ description: 'Days are those of this time zone' }),
    by: z.enum(['posted', 'business']),
    rows: z.array(
      z.object({
        asset: z.object({ code: z.string(), kind: z.string(), scale: z.int() }),
        role: z.string(),
        account: z
          .uuid()
          .nullable()
          .openapi({ description: 'A system account; null: all other accounts of the role together' }),
        owner: z.string().nullable(),
        opening: units('Credits less debits before the first day; per asset these sum to zero'),
        debits: units('Debited in the period'),
        credits: units('Credited in the period'),
        closing: units('Credits less debits at the end of the last day; per asset these sum to zero'),
      }),
    ),
  })
  .openapi('TrialBalance');

export const periodShape = z
  .object({
    before: day().openapi({ description: 'The first day that stayed open' }),
    beforeAt: time().openapi({ description: 'The moment at which it begins' }),
    closedAt: time(),
    closedBy: z.string().nullable().openapi({ description: 'Null: the operator' }),
    digest: z.string().openapi({ description: 'SHA-256 over the trial balance of everything before' }),
    chain: z
      .object({ seq: z.int(), hash: z.string() })
      .openapi({ description: 'The head when it was closed' }),
  })
  .openapi('Period');

export const chainShape = z
  .object({
    head: z.object({ seq: z.int(), hash: z.string(), at: time() }).nullable(),
    verified: z
      .object({
        at: time(),
        isFull: z.boolean(),
        seq: z.int().openapi({ description: 'Up to this batch everything was right' }),
        hash: z.string(),
        problem: z.string().nullable().openapi({ description: 'What was wrong; null: nothing' }),
      })
      .nullable(),
  })
  .openapi('Chain');

export function showTrialBalance({
  from,
  to,
  timeZone,
  by,
  rows,
}: ToldTrial): z.infer<typeof trialBalanceShape> {
  return {
    from,
    to,
    timeZone,
    by,
    rows: rows.map(({ asset, role, account, ownerName, opening, debits, credits, closing }) => ({
      asset: { code: asset.code, kind: asset.kind, scale: asset.scale },
      role,
      account,
      owner: ownerName,
      opening: Number(opening),
      debits: Number(debits),
      credits: Number(credits),
      closing: Number(closing),
    })),
  };
}

/** The same rows as CSV (RFC 4180), amounts as integers of the smallest part. */
export function trialBalanceCsv(told: ToldTrial): string {
  const head = ['asset', 'scale', 'role', 'account', 'owner', 'opening', 'debits', 'credits', 'closing'];
  const lines = told.rows.map(({ asset, role, account, ownerName, opening, debits, credits, closing }) =>
    [asset.code, asset.scale, role, account, ownerName, opening, debits, credits, closing]
      .map(cell)
      .join(','),
  );
  return `${[head.join(','), ...lines].join('\r\n')}\r\n`;
}

// A text that a spreadsheet would take for a formula is told apart by a quote in front.
function cell(value: string | number | bigint | null): string {
  if (typeof value !== 'string') return String(value ?? '');
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export function showPeriod(period: ToldPeriod): z.infer<typeof periodShape> {
  const { day: before, before: beforeAt, closedAt, closedByName, digest, seq, hash } = period;
  return {
    before,
    beforeAt: beforeAt.toISOString(),
    closedAt: closedAt.toISOString(),
    closedBy: closedByName,
    digest,
    chain: { seq: Number(seq), hash },
  };
}
