import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { AppError } from '../../domain/errors';
import { formatUsd } from '../../domain/money/money';
import type { AttemptPeriod } from '../../domain/records/attempt';
import type { ApiContext } from '../deps';
import { wholeListOf } from '../fields/list';
import { parseWith } from '../http/faults';
import type { Routes, Steps } from '../http/routes';
import { sendList } from '../http/send';
import { json, jsonBody, operation } from '../openapi/describe';

export type AttemptsDeps = Pick<ApiContext, 'attemptBooks'>;

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 32;

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-01T00:00:00Z' });
const period = {
  provider: z.string().min(1).max(255).describe('Its name in the configuration.'),
  from: time,
  to: time.describe(`Before it; at most ${String(LONGEST_DAYS)} days after \`from\`.`),
};
const periodQuery = z.strictObject(period);
const searchBody = z
  .strictObject({ ...period, upstream_ids: z.array(z.string().min(1).max(255)).min(1).max(1_000) })
  .meta({ id: 'AttemptSearch' });

const usd = z.string().describe('Decimal string of US dollars.');
const outcome = z.enum(['running', 'accepted', 'succeeded', 'failed', 'cancelled', 'unknown']);
const booked = {
  model: z.string().describe('What the provider calls it.'),
  served_model: z.string().describe('What it is called here.'),
  outcome,
  provider_cost_usd: usd.describe('What the provider took: as it said, else by the `cost` of the route, else as much as was charged.'),
  most_usd: usd.describe('Of what is booked at nothing: the most that it can have cost.'),
};
const hoursAnswer = wholeListOf(
  z.object({
    hour: z.iso.datetime(),
    ...booked,
    attempts: z.int(),
    images: z.int(),
    video_seconds: z.number(),
    input_tokens: z.int(),
    output_tokens: z.int(),
  }),
).meta({ id: 'AttemptHours' });
const foundAnswer = wholeListOf(
  z.object({ task_id: z.string(), n: z.int(), at: z.iso.datetime(), upstream_id: z.string(), ...booked }),
).meta({
  id: 'BookedAttempts',
});

/** What was bought of providers, for comparing their invoices with it. */
export function addAttempts(routes: Routes<'/admin/v1'>, { attemptBooks }: AttemptsDeps, body: Steps): void {
  routes.get('/attempts/hours', async (request, response) => {
    const rows = await attemptBooks.hours(periodOf(parseWith(periodQuery, request.query)));
    const data = rows.map((row) => ({
      hour: row.hour.toISOString(),
      model: row.model,
      served_model: row.served,
      outcome: row.outcome,
      provider_cost_usd: formatUsd(row.costMicroUsd),
      most_usd: formatUsd(row.mostMicroUsd),
      attempts: row.attempts,
      images: row.images,
      video_seconds: row.videoSeconds,
      input_tokens: row.inputTokens,
      output_tokens: row.outputTokens,
    }));
    sendList(response, data, () => null);
  });

  routes.post('/attempts/search', body, async (request, response) => {
    const { upstream_ids: ids, ...given } = parseWith(searchBody, request.body);
    const attempts = await attemptBooks.find(periodOf(given), ids);
    const data = attempts.map((attempt) => ({
      task_id: attempt.taskId,
      n: attempt.n,
      at: attempt.at.toISOString(),
      upstream_id: attempt.upstreamId,
      model: attempt.model,
      served_model: attempt.served,
      outcome: attempt.outcome,
      provider_cost_usd: formatUsd(attempt.costMicroUsd),
      most_usd: formatUsd(attempt.mostMicroUsd),
    }));
    sendList(response, data, () => null);
  });
}

function periodOf({ provider, ...given }: z.output<typeof periodQuery>): AttemptPeriod {
  const [from, to] = [new Date(given.from), new Date(given.to)];
  if (from >= to) throw new AppError('invalid_value', 'The time `to` must be after `from`.', { param: 'to' });
  if (to.getTime() - from.getTime() > LONGEST_DAYS * DAY_MS) {
    throw new AppError('invalid_value', `Ask for at most ${String(LONGEST_DAYS)} days at once.`, { param: 'to' });
  }
  return { provider, from, to };
}

/** Paths of what was bought of providers. */
export const attemptPaths: ZodOpenApiPathsObject = {
  '/admin/v1/attempts/hours': {
    get: operation({
      id: 'listAttemptHours',
      tag: 'Usage',
      summary: 'What was bought of a provider, by hour, model and outcome: the other side of its invoice',
      query: periodQuery,
      answers: { '200': json('The sums.', hoursAnswer) },
    }),
  },
  '/admin/v1/attempts/search': {
    post: operation({
      id: 'searchAttempts',
      tag: 'Usage',
      summary: "Find calls by the provider's own ids of them",
      body: jsonBody(searchBody),
      answers: { '200': json('The calls that began within the time.', foundAnswer) },
    }),
  },
};
