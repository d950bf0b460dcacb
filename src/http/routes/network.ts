import { createRoute, z } from '@hono/zod-openapi';
import { findTenant, listTenants } from '../../db/directory.ts';
import { withTenant } from '../../db/transact.ts';
import {
  outletById,
  outletIdOf,
  outletsByIds,
  outletsOfParticipant,
  pageOfOutlets,
  type Outlet,
} from '../../network/outlets.ts';
import {
  pageOfParticipants,
  participantById,
  participantIdOf,
  participantsByIds,
  type Participant,
} from '../../network/participants.ts';
import { listProducts, productById, type Product } from '../../network/products.ts';
import { listProgrammes } from '../../network/programmes.ts';
import { isFoundBy } from '../../network/search.ts';
import { listStaff, staffById } from '../../network/staff.ts';
import { isId, type OutletId, type ParticipantId, type ProductId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { signedIn, staffSignedIn } from '../identify.ts';
import { pageMax, pageOf, pageQuery } from '../paging.ts';
import { endWith } from '../problem.ts';
import { meShape } from '../shapes.ts';

const outletShape = z
  .object({
    id: z.uuid(),
    code: z.string(),
    name: z.string(),
    address: z.string(),
    area: z.string(),
    partner: z.string(),
    distributor: z.string().nullable(),
    channel: z.string(),
  })
  .openapi('Outlet');
const productShape = z
  .object({
    id: z.uuid(),
    sku: z.string(),
    name: z.string(),
    brand: z.string(),
    category: z.string(),
    isFocus: z.boolean(),
    listPriceMinor: z.int().nullable(),
    currency: z.string(),
  })
  .openapi('Product');
const participantShape = z
  .object({
    id: z.uuid(),
    code: z.string(),
    name: z.string(),
    kind: z.string(),
    tier: z.string(),
    language: z.string(),
    partner: z.string(),
  })
  .openapi('Participant');
const personShape = z.object({
  kind: z.enum(['participant', 'staff']),
  name: z.string(),
  role: z.string(),
  phone: z.string().optional(),
  email: z.string().optional(),
  language: z.string(),
  note: z.string(),
});

const items = <T extends z.ZodType>(shape: T) => z.object({ items: z.array(shape) });
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };
const page = <T extends z.ZodType>(shape: T) =>
  z.object({ items: z.array(shape), next: z.string().nullable() });
const code = z.string().max(60);
// Codes are taken exactly; an operator in their place is refused rather than guessed at.
const asked = {
  query: z.strictObject({
    ...pageQuery.shape,
    code: z
      .union([code, z.array(code).max(pageMax)])
      .optional()
      .openapi({ description: 'Only those of this code; may be said several times' }),
    search: z.string().max(100).optional().openapi({
      description:
        'Only those whose code, telephone number (from the country code on) or a word of whose name begins so. Then in order of what was found, else in order of code',
      example: 'toko ma',
    }),
  }),
};
type Asked = z.infer<typeof asked.query>;

export const networkRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/me',
      tags: ['people'],
      summary: 'Who is signed in',
      responses: { 200: json(meShape, 'The signed-in person'), 409: refusals[422], ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { db } = c.get('app');
      const tenant = (await listTenants(db)).find((known) => known.tenant === by.tenant)!;
      const me = await withTenant(db, by.tenant, async (tx) => {
        const programmes = await listProgrammes(tx);
        const [programme] = programmes;
        if (!programme) return endWith(c, refuse('no-programme'));
        const { id, name, currency } = programme;
        const shared = { programme: { id, name, currency }, tenant: { name: tenant.name } };
        if (by.kind === 'staff') {
          const staff = (await staffById(tx, by.id))!;
          return {
            kind: by.kind,
            id: staff.id,
            name: staff.name,
            language: staff.language,
            role: staff.role,
            outlets: [],
            programmes: programmes.map(({ code, name: title }) => ({ code, name: title })),
            ...shared,
          };
        }
        const person = (await participantById(tx, by.id))!;
        const outlets = (await outletsOfParticipant(tx, by.id)).map(({ id, code, name }) => ({
          id,
          code,
          name,
        }));
        return {
          kind: by.kind,
          id: person.id,
          name: person.name,
          language: person.language,
          tier: person.tier,
          outlets,
          ...shared,
        };
      });
      return c.json(me, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/demo/people',
      tags: ['sign-in'],
      summary: 'The people of the demo world, to sign in as (demo mode only)',
      security: [],
      responses: { 200: json(items(personShape), 'People'), 404: refusals[404] },
    }),
    async (c) => {
      const { db, config } = c.get('app');
      const tenant = config.demo ? await findTenant(db, 'nusa') : null;
      if (!tenant) return endWith(c, refuse('not-found'));
      const people = await withTenant(db, tenant.tenant, async (tx) => {
        const participants = await pageOfParticipants(tx, { after: null, limit: pageMax });
        const staff = await listStaff(tx);
        return [
          ...participants.map((person) => ({
            kind: 'participant' as const,
            name: person.name,
            role: person.kind,
            ...(person.phone ? { phone: person.phone } : {}),
            language: person.language,
            note: person.partnerName,
          })),
          ...staff.map((person) => ({
            kind: 'staff' as const,
            name: person.name,
            role: person.role,
            email: person.email,
            language: person.language,
            note: tenant.name,
          })),
        ];
      });
      return c.json({ items: people }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/outlets',
      tags: ['network'],
      summary: 'Outlets: one’s own, or all for staff',
      request: asked,
      responses: { 200: json(page(outletShape), 'A page'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const query = c.req.valid('query');
      const { limit, before: after } = pageOf<OutletId>(c, query);
      const codes = codesOf(query);
      const outlets = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        if (by.kind === 'participant') {
          const own = await outletsOfParticipant(tx, by.id);
          const from = own.findIndex(({ id }) => id === after) + 1;
          return own
            .slice(from)
            .filter((one) => (!codes || codes.includes(one.code)) && isFoundBy(one, query.search));
        }
        return codes
          ? outletsByIds(
              tx,
              codes.map((one) => outletIdOf(tx, one)),
            )
          : pageOfOutlets(tx, { search: query.search, after, limit: limit + 1 });
      });
      return c.json(asPage(outlets.map(showOutlet), codes ? pageMax : limit), 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/outlets/{id}',
      tags: ['network'],
      summary: 'One outlet',
      request: idParam,
      responses: { 200: json(outletShape, 'The outlet'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { id } = c.req.valid('param');
      const outlet = await withTenant(c.get('app').db, by.tenant, async (tx) => {
        if (!isId<OutletId>(id)) return null;
        if (by.kind === 'staff') return outletById(tx, id);
        return (await outletsOfParticipant(tx, by.id)).find((own) => own.id === id) ?? null;
      });
      return outlet ? c.json(showOutlet(outlet), 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/products',
      tags: ['network'],
      summary: 'The catalogue',
      responses: { 200: json(items(productShape), 'Products'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const products = await withTenant(c.get('app').db, by.tenant, listProducts);
      return c.json({ items: products.map(showProduct) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/products/{id}',
      tags: ['network'],
      summary: 'One product',
      request: idParam,
      responses: { 200: json(productShape, 'The product'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { id } = c.req.valid('param');
      const product = await withTenant(c.get('app').db, by.tenant, async (tx) =>
        isId<ProductId>(id) ? productById(tx, id) : null,
      );
      return product ? c.json(showProduct(product), 200) : endWith(c, refuse('not-found'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants',
      tags: ['network'],
      summary: 'Everybody enrolled (staff)',
      request: asked,
      responses: { 200: json(page(participantShape), 'A page'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const query = c.req.valid('query');
      const { limit, before: after } = pageOf<ParticipantId>(c, query);
      const codes = codesOf(query);
      const people = await withTenant(c.get('app').db, by.tenant, (tx) =>
        codes
          ? participantsByIds(
              tx,
              codes.map((one) => participantIdOf(tx, one)),
            )
          : pageOfParticipants(tx, { search: query.search, after, limit: limit + 1 }),
      );
      return c.json(asPage(people.map(showParticipant), codes ? pageMax : limit), 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}',
      tags: ['network'],
      summary: 'One participant (staff)',
      request: idParam,
      responses: { 200: json(participantShape, 'The participant'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      const found = await withTenant(c.get('app').db, by.tenant, async (tx) =>
        isId<ParticipantId>(id) ? participantById(tx, id) : null,
      );
      return found ? c.json(showParticipant(found), 200) : endWith(c, refuse('not-found'));
    },
  );

const codesOf = ({ code: said }: Asked): string[] | null => (said === undefined ? null : [said].flat());

/** The first `limit` of these, and where the next page begins if there are more. */
function asPage<T extends { id: string }>(
  rows: readonly T[],
  limit: number,
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

function showParticipant({ id, code: own, name, kind, tier, language, partnerName }: Participant) {
  return { id, code: own, name, kind, tier, language, partner: partnerName };
}

function showOutlet({ id, code, name, address, areaName, partnerName, distributorName, channel }: Outlet) {
  return {
    id,
    code,
    name,
    address,
    area: areaName,
    partner: partnerName,
    distributor: distributorName,
    channel,
  };
}

function showProduct({ id, sku, name, brand, category, isFocus, listPriceMinor, currency }: Product) {
  return { id, sku, name, brand, category, isFocus, listPriceMinor, currency };
}
