import { createRoute, z } from '@hono/zod-openapi';
import { importNetwork, type RowDone } from '../../flow/import-network.ts';
import type { NetworkKind } from '../../flow/network-fields.ts';
import { participantKinds } from '../../network/participants.ts';
import { partnerKinds } from '../../network/partners.ts';
import { text } from '../../notify/texts.ts';
import type { Language } from '../../../web/texts/say.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { onceIfAsked } from '../idempotency.ts';
import { managers, staffInRole } from '../identify.ts';

/** Rows in one request; a longer list comes in several, or by `mitra import`. */
const itemsMax = 1000;

// Only types are looked at here, so that a row that is wrong is answered for itself.
const said = () => z.string().max(1000);
const may = () => said().nullish();
const list = () => z.array(said()).nullish();
const degrees = () => z.number().nullish();
const oneOf = (choices: readonly string[]) =>
  said()
    .optional()
    .openapi({ description: choices.join(', ') });
const codeOf = (what: string) => may().openapi({ description: `Code of the ${what}` });

// Staff come in on the machine only: a manager who could make a controller would be the second person too.
const rows = {
  areas: z.strictObject({ code: said(), name: said().optional(), parent: codeOf('area around it') }),
  partners: z.strictObject({ code: said(), name: said().optional(), kind: oneOf(partnerKinds) }),
  outlets: z.strictObject({
    code: said(),
    name: said().optional().openapi({ description: 'As its receipts print it' }),
    address: may(),
    partner: codeOf('partner that owns it'),
    distributor: codeOf('partner that supplies it'),
    area: codeOf('area'),
    channel: may().openapi({ example: 'general-trade' }),
    latitude: degrees(),
    longitude: degrees(),
  }),
  participants: z.strictObject({
    code: said(),
    name: said().optional(),
    kind: oneOf(participantKinds),
    phone: may().openapi({ description: 'E.164', example: '+60123456789' }),
    language: may().openapi({ example: 'id' }),
    partner: codeOf('partner'),
    outlets: list().openapi({ description: 'Codes of the outlets they act for, and of no others' }),
  }),
  products: z.strictObject({
    sku: said(),
    name: said().optional(),
    brand: said().optional(),
    category: said().optional(),
    isFocus: z.boolean().nullish(),
    aliases: list().openapi({ description: 'What shops print for it' }),
    listPriceMinor: z.number().nullish(),
    currency: said().optional(),
  }),
} satisfies Record<Exclude<NetworkKind, 'staff'>, z.ZodType>;
type Offered = keyof typeof rows;
const names: Record<Offered, string> = {
  areas: 'NewArea',
  partners: 'NewPartner',
  outlets: 'NewOutlet',
  participants: 'NewParticipant',
  products: 'NewProduct',
};

const doneShape = z
  .object({
    code: z.string(),
    outcome: z.enum(['created', 'updated', 'unchanged', 'refused']),
    problem: z.object({ code: z.string(), field: z.string(), sentence: z.string() }).optional(),
  })
  .openapi('NetworkRowDone');

export const networkImportRoutes = newRouter();
for (const kind of Object.keys(rows) as Offered[]) offer(kind);

function offer(kind: Offered): void {
  const route = createRoute({
    method: 'post',
    path: `/${kind}`,
    tags: ['network'],
    summary: `Bring in ${kind}, up to ${itemsMax} (managers); each row is answered in order`,
    description:
      'A row whose code is there already changes what it says; a field that is absent stays as it is, null empties it. The same again changes nothing. A row that is wrong is refused by itself.',
    request: body(
      z.strictObject({
        items: z
          .array(rows[kind].openapi(names[kind]) as z.ZodType<Record<string, unknown>>)
          .min(1)
          .max(itemsMax),
      }),
    ),
    responses: {
      200: json(z.object({ items: z.array(doneShape) }), 'What became of each row'),
      403: refusals[422],
      ...refusals,
    },
  });
  networkImportRoutes.openapi(route, async (c) => {
    const by = await staffInRole(c, managers);
    const { items } = c.req.valid('json');
    const done = await onceIfAsked(c, by, `POST /${kind}`, items, async (tx) => ({
      ok: true as const,
      rows: await importNetwork(tx, kind, items),
    }));
    return c.json({ items: done.rows.map((row) => show(row, c.get('language'))) }, 200);
  });
}

function show(done: RowDone, language: Language) {
  const { code, outcome } = done;
  if (done.outcome !== 'refused') return { code, outcome };
  const { key, field, facts } = done;
  return { code, outcome, problem: { code: key, field, sentence: text(language, key, facts) } };
}
