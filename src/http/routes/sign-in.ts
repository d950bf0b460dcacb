import { createRoute, z } from '@hono/zod-openapi';
import { deleteCookie, setCookie } from 'hono/cookie';
import { askForCode, signIn, signOut, type Handle } from '../../flow/sign-in.ts';
import { newRouter } from '../app.ts';
import { body, json, openRefusals, refusals } from '../answers.ts';
import { sessionCookies, signedIn, tokenOf } from '../identify.ts';
import { endWith } from '../problem.ts';

const tenant = z
  .string()
  .max(60)
  .optional()
  .openapi({ description: 'Code of the tenant; may be left out where there is one' });
const phone = z
  .string()
  .regex(/^\+[0-9 ()-]{6,24}$/, 'a phone number with its country code, such as +60 12-345 6789')
  .transform((number) => number.replace(/[^+0-9]/g, ''));
const handle = z.union([
  z.strictObject({ tenant, phone }),
  z.strictObject({ tenant, email: z.email().max(200) }),
]);
const code = z.string().regex(/^\d{6}$/, 'six digits');
const handleAndCode = z.union([
  z.strictObject({ tenant, phone, code }),
  z.strictObject({ tenant, email: z.email().max(200), code }),
]);

export const signInRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'post',
      path: '/auth/otp',
      tags: ['sign-in'],
      summary: 'Ask for a one-time code',
      description:
        'The answer is the same whether or not the person is known. In demo mode it carries the code.',
      security: [],
      request: body(handle),
      responses: {
        202: json(
          z.object({ sent: z.literal(true), demoCode: z.string().optional() }),
          'Sent, if the person is known',
        ),
        ...openRefusals,
      },
    }),
    async (c) => {
      const asked = await askForCode(c.get('app'), withoutAbsent(c.req.valid('json')));
      if (!asked.ok) return endWith(c, asked);
      return c.json({ sent: true as const, ...(asked.demoCode ? { demoCode: asked.demoCode } : {}) }, 202);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/auth/sessions',
      tags: ['sign-in'],
      summary: 'Sign in with the one-time code',
      description: 'Answers a bearer token and sets the same as an HttpOnly cookie.',
      security: [],
      request: body(handleAndCode),
      responses: {
        201: json(z.object({ token: z.string(), expiresAt: z.iso.datetime() }), 'Signed in'),
        ...openRefusals,
      },
    }),
    async (c) => {
      const { code: given, ...who } = c.req.valid('json');
      const session = await signIn(c.get('app'), withoutAbsent(who), given);
      if (!session.ok) return endWith(c, session);
      const secure = new URL(c.req.url).protocol === 'https:';
      setCookie(c, sessionCookies['email' in who ? 'staff' : 'participant'], session.token, {
        httpOnly: true,
        sameSite: 'Lax',
        path: '/',
        secure,
        expires: session.expiresAt,
      });
      return c.json({ token: session.token, expiresAt: session.expiresAt.toISOString() }, 201);
    },
  )
  .openapi(
    createRoute({
      method: 'delete',
      path: '/auth/sessions/current',
      tags: ['sign-in'],
      summary: 'Sign out',
      responses: { 204: { description: 'Signed out' }, ...refusals },
    }),
    async (c) => {
      const by = await signedIn(c);
      await signOut(c.get('app'), by, tokenOf(c)!);
      deleteCookie(c, sessionCookies[by.kind], { path: '/' });
      return c.body(null, 204);
    },
  );

// An absent tenant is no key at all, so that the type can say so.
function withoutAbsent<T extends { tenant?: string | undefined }>(given: T): Handle {
  const { tenant: named, ...rest } = given;
  return { ...rest, ...(named === undefined ? {} : { tenant: named }) } as unknown as Handle;
}
