import { createRoute, z } from '@hono/zod-openapi';
import { findTenant, listTenants } from '../../db/directory.ts';
import { withTenant } from '../../db/transact.ts';
import { listOutlets, outletById, outletsOfParticipant, type Outlet } from '../../network/outlets.ts';
import { listParticipants, participantById } from '../../network/participants.ts';
import { listProducts, productById, type Product } from '../../network/products.ts';
import { listProgrammes } from '../../network/programmes.ts';
import { listStaff, staffById } from '../../network/staff.ts';
import { isId, type OutletId, type ProductId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { json, refusals } from '../answers.ts';
import { newRouter } from '../app.ts';
import { signedIn, staffSignedIn } from '../identify.ts';
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
// One code, exactly; a list of codes or an operator in its place is refused rather than guessed at.
const codeFilter = {
  query: z.strictObject({ code: z.string().max(60).optional(), lang: z.string().optional() }),
};

export const networkRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/me',
      tags: ['people'],
      summary: 'Who is signed in',
      responses: { 200: json(meShape, 'The signed-in person'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { db } = c.get('app');
      const tenant = (await listTenants(db)).find((known) => known.tenant === by.tenant)!;
      const me = await withTenant(db, by.tenant, async (tx) => {
        const programmes = await listProgrammes(tx);
        const [programme] = programmes;
        const { id, name, currency } = programme!;
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
        const participants = await listParticipants(tx);
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
      request: codeFilter,
      responses: { 200: json(items(outletShape), 'Outlets'), ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      const { code } = c.req.valid('query');
      const outlets = await withTenant(c.get('app').db, by.tenant, (tx) =>
        by.kind === 'staff' ? listOutlets(tx) : outletsOfParticipant(tx, by.id),
      );
      return c.json(
        { items: outlets.filter((outlet) => !code || outlet.code === code).map(showOutlet) },
        200,
      );
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
      responses: { 200: json(items(participantShape), 'Participants'), ...refusals },
    }),
    async (c) => {
      const by = await staffSignedIn(c);
      const participants = await withTenant(c.get('app').db, by.tenant, listParticipants);
      const shown = participants.map(({ id, code, name, kind, tier, language, partnerName }) => ({
        id,
        code,
        name,
        kind,
        tier,
        language,
        partner: partnerName,
      }));
      return c.json({ items: shown }, 200);
    },
  );

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
