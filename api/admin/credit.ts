import { createHash, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { AppError } from '../../domain/errors';
import type { Grant } from '../../domain/money/budget';
import { formatUsd, parseUsd } from '../../domain/money/money';
import type { ApiContext } from '../deps';
import { wholeListOf } from '../fields/list';
import { parseWith } from '../http/faults';
import { idempotencyKeyOf } from '../http/request-headers';
import type { Routes, Steps } from '../http/routes';
import { sendJson, sendList } from '../http/send';
import { json, jsonBody, operation } from '../openapi/describe';

export type CreditDeps = Pick<ApiContext, 'credit' | 'ledger'>;

const amount = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string such as "2.5", with at most 6 decimal places');
const note = z.string().min(1).max(500).nullish();
const refundSchema = z.strictObject({
  amount_usd: amount.nullish().describe('Omitted or null: all that is left of its cost.'),
  reason: z.string().min(1).max(500).describe('Repeating a refund with the same reason changes nothing.'),
});
const grantSchema = z.strictObject({
  amount_usd: amount,
  expires_at: z.iso.datetime({ offset: true }).nullish().describe('What is left of it then lapses; null: never.'),
  note,
});
const transferSchema = z.strictObject({ to: z.string().describe('The team that gets it.'), amount_usd: amount, note });

const refundAnswer = z.object({ object: z.literal('refund'), task_id: z.string(), refunded_usd: z.string(), reason: z.string() });
const grantAnswer = z
  .object({
    object: z.literal('grant'),
    id: z.string(),
    team: z.string(),
    amount_usd: z.string(),
    used_usd: z.string().describe("As of the last change of the team's grants."),
    expires_at: z.string().nullable(),
    lapsed_at: z.string().nullable(),
    note: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'Grant' });
const transferAnswer = z.object({
  object: z.literal('transfer'),
  id: z.string(),
  from: z.string(),
  to: z.string(),
  amount_usd: z.string(),
});

/** Refunds, grants and transfers: what support and billing do with money. */
export function addCredit(routes: Routes<'/admin/v1'>, context: CreditDeps, json: Steps): void {
  routes.post('/tasks/:id/refund', json, async (request, response) => {
    const { amount_usd: usd, reason } = parseWith(refundSchema, request.body);
    const { id } = request.params;
    const refunded = await context.ledger.refund(id, usd === undefined || usd === null ? null : parseUsd(usd, 'amount_usd'), reason);
    sendJson(response, 200, { object: 'refund', task_id: id, refunded_usd: formatUsd(refunded), reason });
  });
  routes.get('/teams/:team/grants', async (request, response) => {
    const grants = await context.credit.grantsOf(request.params.team);
    sendList(response, grants.map(grantObject), ({ id }) => id);
  });
  routes.post('/teams/:team/grants', json, async (request, response) => {
    const given = parseWith(grantSchema, request.body);
    const expiresAt = given.expires_at === undefined || given.expires_at === null ? null : new Date(given.expires_at);
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
      throw new AppError('invalid_value', 'expires_at must be in the future.', { param: 'expires_at' });
    }
    const grant = await context.credit.grant({
      id: idOf('grant', request),
      team: request.params.team,
      amountMicroUsd: positive(given.amount_usd),
      expiresAt,
      note: given.note ?? null,
    });
    sendJson(response, 201, grantObject(grant));
  });
  routes.post('/teams/:team/transfers', json, async (request, response) => {
    const { to, amount_usd: usd, note: why } = parseWith(transferSchema, request.body);
    const from = request.params.team;
    const id = idOf('transfer', request);
    await context.credit.transfer({ id, from, to, amountMicroUsd: positive(usd), note: why ?? null });
    sendJson(response, 201, { object: 'transfer', id, from, to, amount_usd: formatUsd(parseUsd(usd)) });
  });
}

/** The same for the same Idempotency-Key of the same route, so that a repeat changes nothing. */
function idOf(kind: 'grant' | 'transfer', request: Request): string {
  const key = idempotencyKeyOf(request);
  const digits =
    key === null ? randomUUID().replaceAll('-', '') : createHash('sha256').update(`${request.path} ${key}`).digest('hex').slice(0, 32);
  return `${kind}_${digits}`;
}

function positive(usd: string): bigint {
  const micro = parseUsd(usd, 'amount_usd');
  if (micro === 0n) throw new AppError('invalid_value', 'amount_usd must be more than 0.', { param: 'amount_usd' });
  return micro;
}

function grantObject(grant: Grant) {
  return {
    object: 'grant',
    id: grant.id,
    team: grant.team,
    amount_usd: formatUsd(grant.amountMicroUsd),
    used_usd: formatUsd(grant.usedMicroUsd),
    expires_at: grant.expiresAt?.toISOString() ?? null,
    lapsed_at: grant.lapsedAt?.toISOString() ?? null,
    note: grant.note,
    created_at: grant.createdAt.toISOString(),
  };
}

const tag = 'Administration';

export const creditPaths: ZodOpenApiPathsObject = {
  '/admin/v1/tasks/{id}/refund': {
    post: operation({
      id: 'refundTask',
      tag,
      summary: 'Give back what a settled task cost, to every budget in which it was counted',
      path: ['id'],
      body: jsonBody(refundSchema),
      answers: { '200': json('What was given back.', refundAnswer) },
    }),
  },
  '/admin/v1/teams/{team}/grants': {
    get: operation({
      id: 'listGrants',
      tag,
      summary: "A team's prepaid credit",
      path: ['team'],
      answers: {
        '200': json('The newest first.', wholeListOf(grantAnswer)),
      },
    }),
    post: operation({
      id: 'createGrant',
      tag,
      summary: "Add prepaid credit to a team's total budget; repeatable with an Idempotency-Key",
      path: ['team'],
      body: jsonBody(grantSchema),
      answers: { '201': json('The grant.', grantAnswer) },
    }),
  },
  '/admin/v1/teams/{team}/transfers': {
    post: operation({
      id: 'createTransfer',
      tag,
      summary: 'Move what a team may still spend to another team; repeatable with an Idempotency-Key',
      path: ['team'],
      body: jsonBody(transferSchema),
      answers: { '201': json('The transfer.', transferAnswer) },
    }),
  },
};
