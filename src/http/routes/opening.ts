import { createRoute, z } from '@hono/zod-openapi';
import { importBalances, type OpeningRow } from '../../flow/import-balances.ts';
import { text } from '../../notify/texts.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { movers, staffInRole } from '../identify.ts';

/** Rows in one request; a longer list comes in several, or by `mitra import balances`. */
const itemsMax = 5000;

const day = () => z.string().max(20).optional().openapi({ example: '2026-03-31' });
const row = z
  .strictObject({
    externalKey: z
      .string()
      .max(500)
      .openapi({ description: 'Names the balance for ever in the other system' }),
    participant: z.string().max(120).openapi({ description: 'Phone number (E.164) or code' }),
    asset: z.string().max(120).default('points'),
    units: z.string().max(30).openapi({ description: 'With the decimals of the asset', example: '1200' }),
    expiresOn: day(),
    earnedOn: day(),
    joinedOn: day(),
    tier: z.string().max(120).optional(),
  })
  .openapi('OpeningBalance');

const importedShape = z
  .object({
    rows: z.int(),
    imported: z.int(),
    replayed: z.int().openapi({ description: 'Were booked before with the same content' }),
    problems: z.array(
      z.object({ item: z.int(), externalKey: z.string(), code: z.string(), sentence: z.string() }),
    ),
  })
  .openapi('OpeningBalancesImported');

export const openingRoutes = newRouter().openapi(
  createRoute({
    method: 'post',
    path: '/opening-balances',
    tags: ['ledger'],
    summary:
      'Book balances from another system (managers, operators); each counts once for its external key, however often it comes',
    request: body(z.strictObject({ items: z.array(row).min(1).max(itemsMax) })),
    responses: {
      200: json(importedShape, 'What was booked, and which items were wrong and why'),
      ...refusals,
    },
  }),
  async (c) => {
    const by = await staffInRole(c, movers);
    const { db, now } = c.get('app');
    const rows = c.req.valid('json').items.map(rowOf);
    const { imported, replayed, problems } = await importBalances(db, by.tenant, rows, now());
    const language = c.get('language');
    const shown = problems.map(({ line, externalKey, key, facts }) => ({
      item: line,
      externalKey,
      code: key,
      sentence: text(language, key, facts),
    }));
    return c.json({ rows: rows.length, imported, replayed, problems: shown }, 200);
  },
);

// An item goes by its place in the list, from 0.
function rowOf(given: z.infer<typeof row>, place: number): OpeningRow {
  return {
    line: place,
    external_key: given.externalKey,
    participant: given.participant,
    asset: given.asset,
    units: given.units,
    expires_on: given.expiresOn ?? '',
    earned_on: given.earnedOn ?? '',
    joined_on: given.joinedOn ?? '',
    tier: given.tier ?? '',
  };
}
