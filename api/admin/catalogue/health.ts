import { z } from 'zod';
import { AppError } from '../../../domain/errors';
import type { ApiContext } from '../../deps';
import { wholeListOf } from '../../fields/list';
import { parseWith } from '../../http/faults';
import type { Routes } from '../../http/routes';
import { sendList } from '../../http/send';

export type ProviderHealthDeps = Pick<ApiContext, 'attemptBooks' | 'catalogue' | 'now'>;

const HOUR_MS = 3_600_000;
/** The longest time that is answered, by the length of its intervals. */
const LONGEST_MS = { minute: 24 * HOUR_MS, hour: 32 * 24 * HOUR_MS, day: 32 * 24 * HOUR_MS } as const;

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-01T00:00:00Z' });
export const healthQuery = z.strictObject({
  from: time.optional().describe('Default: a day before `to`.'),
  to: time.optional().describe('Before it; default: now. At most 32 days after `from`, a day for minutes.'),
  interval: z.enum(['minute', 'hour', 'day']).default('hour').describe('Of UTC.'),
});
export const healthListSchema = wholeListOf(
  z.object({
    start: z.iso.datetime(),
    attempts: z.int(),
    succeeded: z.int(),
    failed: z.int().describe('What is still running, or was cancelled, is neither.'),
    success_rate: z.number().nullable(),
    latency_ms_p50: z
      .number()
      .nullable()
      .describe('Of those that succeeded, from the call to its end; of an image or video until its job ended.'),
    latency_ms_p95: z.number().nullable(),
    errors: z.record(z.string(), z.int()).describe('Failed calls by the code of their error.'),
  }),
).meta({ id: 'ProviderHealthSeries' });

/** Route of a provider's health over time. */
export function addProviderHealth(routes: Routes<'/admin/v1'>, { attemptBooks, catalogue, now }: ProviderHealthDeps): void {
  routes.get('/providers/:name/health', async (request, response) => {
    const { name } = request.params;
    if (!catalogue.current().providers.has(name)) {
      throw new AppError('not_found', `There is no provider ${JSON.stringify(name.slice(0, 64))}.`);
    }
    const { interval, ...given } = parseWith(healthQuery, request.query);
    const to = given.to === undefined ? now() : new Date(given.to);
    const from = given.from === undefined ? new Date(to.getTime() - 24 * HOUR_MS) : new Date(given.from);
    const lengthMs = to.getTime() - from.getTime();
    if (lengthMs <= 0 || lengthMs > LONGEST_MS[interval]) {
      throw new AppError('invalid_value', `to must be after from, and at most ${LONGEST_MS[interval] / HOUR_MS} hours after it.`, {
        param: 'to',
      });
    }
    const rows = await attemptBooks.health({ provider: name, from, to }, interval);
    sendList(
      response,
      rows.map(({ start, attempts, succeeded, failed, latencyMs, errors }) => ({
        start: start.toISOString(),
        attempts,
        succeeded,
        failed,
        success_rate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
        latency_ms_p50: latencyMs?.p50 ?? null,
        latency_ms_p95: latencyMs?.p95 ?? null,
        errors,
      })),
      ({ start }) => start,
    );
  });
}
