import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';

import { withTenant } from '../../db/transact.ts';
import { signStatement, type StatementAsked } from '../../flow/sign-statement.ts';
import type { SignedIn } from '../../flow/sign-in.ts';
import { statementDocument } from '../../flow/statement-document.ts';
import { closeBooks, tellClosedPeriods, tellTrialBalance } from '../../flow/tell-books.ts';
import { bookHead, lastVerification } from '../../ledger/verified.ts';
import { isId, type ParticipantId } from '../../shared/id.ts';
import { refuse } from '../../shared/refusal.ts';
import { body, json, refusals } from '../answers.ts';
import { newRouter, type Env } from '../app.ts';
import { bookkeepers, participantSignedIn, staffInRole, staffSignedIn } from '../identify.ts';
import { endWith } from '../problem.ts';
import { dayAsked } from '../shapes.ts';
import {
  chainShape,
  periodShape,
  showPeriod,
  showTrialBalance,
  trialBalanceCsv,
  trialBalanceShape,
} from '../show-books.ts';

const tags = ['books'];
const by = z.enum(['posted', 'business']);
const days = {
  from: dayAsked().optional().openapi({ description: 'First day; absent: since the beginning' }),
  to: dayAsked().optional().openapi({ description: 'Last day; absent: today' }),
  lang: z.string().max(20).optional(),
};
const exportQuery = z.strictObject({
  ...days,
  asset: z.string().max(60).default('points'),
  by: by.default('posted'),
  format: z.enum(['jws', 'json']).default('jws').openapi({ description: '`json`: the same, not signed' }),
});
const signed = {
  description: 'A JWS in compact form (RFC 7515, EdDSA); its keys are at /.well-known/jwks.json',
  content: { 'application/jose': { schema: z.string() }, 'application/json': { schema: statementDocument } },
};
const idParam = { params: z.object({ id: z.string().openapi({ format: 'uuid' }) }) };

export const booksRoutes = newRouter()
  .openapi(
    createRoute({
      method: 'get',
      path: '/trial-balance',
      tags,
      summary: 'What moved and what is there, per asset and role (managers and controllers)',
      request: {
        query: z.strictObject({
          ...days,
          by: by.default('business'),
          format: z.enum(['json', 'csv']).default('json'),
        }),
      },
      responses: {
        200: {
          description: 'The trial balance; days are those of the programme’s time zone',
          content: { 'application/json': { schema: trialBalanceShape }, 'text/csv': { schema: z.string() } },
        },
        403: refusals[422],
        ...refusals,
      },
    }),
    async (c) => {
      const staff = await staffInRole(c, bookkeepers);
      const { format, ...asked } = c.req.valid('query');
      const { db, now } = c.get('app');
      const told = await withTenant(db, staff.tenant, (tx) => tellTrialBalance(tx, asked, now()));
      if (!told.ok) return endWith(c, told);
      if (format === 'json') return c.json(showTrialBalance(told), 200);
      return c.body(trialBalanceCsv(told), 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="trial-balance-${told.to}.csv"`,
      });
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/periods',
      tags,
      summary: 'The closed periods, newest first (managers and controllers)',
      responses: {
        200: json(z.object({ items: z.array(periodShape) }), 'Periods'),
        403: refusals[422],
        ...refusals,
      },
    }),
    async (c) => {
      const staff = await staffInRole(c, bookkeepers);
      const periods = await withTenant(c.get('app').db, staff.tenant, tellClosedPeriods);
      return c.json({ items: periods.map(showPeriod) }, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'post',
      path: '/periods',
      tags,
      summary:
        'Close the books before a day, for good; repeating it changes nothing (managers and controllers)',
      request: body(
        z.strictObject({
          before: dayAsked().openapi({ description: 'The first day that stays open', example: '2018-04-01' }),
        }),
      ),
      responses: { 200: json(periodShape, 'Closed'), 403: refusals[422], ...refusals },
    }),
    async (c) => {
      const staff = await staffInRole(c, bookkeepers);
      const { db, now } = c.get('app');
      const { before } = c.req.valid('json');
      const closed = await withTenant(db, staff.tenant, (tx) =>
        closeBooks(tx, { before, by: staff.id }, now()),
      );
      return closed.ok ? c.json(showPeriod(closed), 200) : endWith(c, closed);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/chain',
      tags,
      summary: 'The head of the ledger’s chain, and what the last verification found (staff)',
      responses: { 200: json(chainShape, 'The head, to be kept elsewhere'), ...refusals },
    }),
    async (c) => {
      const staff = await staffSignedIn(c);
      const [head, last] = await withTenant(c.get('app').db, staff.tenant, async (tx) => [
        await bookHead(tx),
        await lastVerification(tx),
      ]);
      const shown = {
        head: head && { seq: Number(head.seq), hash: head.hash, at: head.at.toISOString() },
        verified: last && { ...last, seq: Number(last.seq), at: last.at.toISOString() },
      };
      return c.json(shown, 200);
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/statement/export',
      tags: ['ledger'],
      summary: 'One’s own statement for a period, signed so that anybody can check it',
      request: { query: exportQuery },
      responses: { 200: signed, ...refusals },
    }),
    async (c) => {
      const who = await participantSignedIn(c);
      return answerSigned(c, who, who.id, c.req.valid('query'));
    },
  )
  .openapi(
    createRoute({
      method: 'get',
      path: '/participants/{id}/statement/export',
      tags: ['ledger'],
      summary: 'A participant’s signed statement (staff)',
      request: { ...idParam, query: exportQuery },
      responses: { 200: signed, ...refusals },
    }),
    async (c) => {
      const staff = await staffSignedIn(c);
      const { id } = c.req.valid('param');
      if (!isId<ParticipantId>(id)) return endWith(c, refuse('not-found'));
      return answerSigned(c, staff, id, c.req.valid('query'));
    },
  );

async function answerSigned(
  c: Context<Env>,
  { tenant }: SignedIn,
  participant: ParticipantId,
  { format, ...asked }: StatementAsked & { format: 'jws' | 'json' },
) {
  const told = await signStatement(c.get('app'), tenant, participant, asked);
  if (!told.ok) return endWith(c, told);
  if (format === 'json') return c.json(told.statement, 200);
  const { asset, participant: person, period } = told.statement;
  // Codes of goods have signs that no file name should have.
  const name = [person.code, asset.code, period.to].join('-').replaceAll(/[^\w.-]/g, '_');
  return c.body(told.signed, 200, {
    'content-type': 'application/jose',
    'content-disposition': `attachment; filename="statement-${name}.jws"`,
    'cache-control': 'private, no-store',
  });
}
