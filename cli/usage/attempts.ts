import { parseUsd } from '../../domain/money/money';
import type { AttemptHour, BookedAttempt } from '../../domain/records/attempt';
import type { ApiClient } from '../http/client';
import { asList, asObject, asText, type JsonObject } from '../json-value';

const DAY_MS = 86_400_000;
/** The API answers at most 32 days at once. */
const WINDOW_MS = 31 * DAY_MS;

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** What was bought of a provider in some time, a day at a time. */
export async function readHours(client: ApiClient, provider: string, period: Period, signal: AbortSignal): Promise<readonly AttemptHour[]> {
  const hours: AttemptHour[] = [];
  for (const { from, to } of windowsOf(period, DAY_MS)) {
    const query = { provider, from: from.toISOString(), to: to.toISOString() };
    const answer = asObject(await client.call({ path: '/admin/v1/attempts/hours', query, signal }));
    hours.push(...asList(answer?.['data']).map((entry) => hourOf(asObject(entry) ?? {})));
  }
  return hours;
}

/** Calls by the provider's ids of them; of several calls of one id the one that was paid for. */
export async function findAttempts(
  client: ApiClient,
  provider: string,
  period: Period,
  upstreamIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, BookedAttempt>> {
  const found = new Map<string, BookedAttempt>();
  for (const { from, to } of windowsOf(period, WINDOW_MS)) {
    const body = { provider, from: from.toISOString(), to: to.toISOString(), upstream_ids: upstreamIds };
    // It only reads: worth repeating.
    const answer = asObject(await client.call({ method: 'POST', path: '/admin/v1/attempts/search', body, repeats: 2, signal }));
    for (const entry of asList(answer?.['data'])) {
      const attempt = attemptOf(asObject(entry) ?? {});
      if ((found.get(attempt.upstreamId)?.costMicroUsd ?? 0n) === 0n) found.set(attempt.upstreamId, attempt);
    }
  }
  return found;
}

function* windowsOf({ from, to }: Period, lengthMs: number): Generator<Period> {
  for (let start = from.getTime(); start < to.getTime(); start += lengthMs) {
    yield { from: new Date(start), to: new Date(Math.min(start + lengthMs, to.getTime())) };
  }
}

function hourOf(row: JsonObject): AttemptHour {
  return {
    ...bookedOf(row),
    hour: new Date(textOf(row, 'hour')),
    attempts: Number(row['attempts']),
    images: Number(row['images']),
    videoSeconds: Number(row['video_seconds']),
    inputTokens: Number(row['input_tokens']),
    outputTokens: Number(row['output_tokens']),
  };
}

function attemptOf(row: JsonObject): BookedAttempt {
  return {
    ...bookedOf(row),
    taskId: textOf(row, 'task_id'),
    n: Number(row['n']),
    at: new Date(textOf(row, 'at')),
    upstreamId: textOf(row, 'upstream_id'),
  };
}

function bookedOf(row: JsonObject) {
  return {
    model: textOf(row, 'model'),
    served: textOf(row, 'served_model'),
    outcome: textOf(row, 'outcome') as BookedAttempt['outcome'],
    costMicroUsd: parseUsd(textOf(row, 'provider_cost_usd')),
    mostMicroUsd: parseUsd(textOf(row, 'most_usd')),
  };
}

function textOf(row: JsonObject, name: string): string {
  return asText(row[name]) ?? '';
}
