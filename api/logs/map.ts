import type { CsvCell } from '../../domain/csv';
import { formatUsd } from '../../domain/money/money';
import type { Call } from '../../domain/records/call';
import { usageObject } from '../../domain/task/object';

/** A call as users see it. */
export function callObject(call: Call) {
  return {
    id: call.id,
    object: 'call',
    at: call.at.toISOString(),
    request_id: call.requestId,
    task_id: call.taskId,
    endpoint: call.endpoint,
    credential: call.credential,
    class: call.class,
    project: call.project,
    team: call.team,
    member: call.member,
    campaign_id: call.campaignId,
    client: call.client,
    ip: call.ip,
    stream: call.stream,
    model: call.model,
    served_model: call.servedModel,
    provider: call.provider,
    attempts: call.attempts,
    fallback: call.fallback,
    status: call.status,
    http_status: call.httpStatus,
    error_code: call.errorCode,
    usage: call.usage === null ? null : usageObject(call.usage),
    cost_usd: formatUsd(call.costMicroUsd),
    latency_ms: { queue: call.queueMs, first_token: call.firstTokenMs, total: call.totalMs },
    bodies: call.bodies,
  };
}

/** The columns of the CSV file, with the cell that a call has there. */
const COLUMNS: Readonly<Record<string, (call: Call) => CsvCell>> = {
  id: ({ id }) => id,
  at: ({ at }) => at.toISOString(),
  request_id: ({ requestId }) => requestId,
  task_id: ({ taskId }) => taskId,
  endpoint: ({ endpoint }) => endpoint,
  team: ({ team }) => team,
  project: ({ project }) => project,
  credential: ({ credential }) => credential,
  class: (call) => call.class,
  member: ({ member }) => member,
  campaign_id: ({ campaignId }) => campaignId,
  client: ({ client }) => client,
  ip: ({ ip }) => ip,
  stream: ({ stream }) => String(stream),
  model: ({ model }) => model,
  served_model: ({ servedModel }) => servedModel,
  provider: ({ provider }) => provider,
  attempts: ({ attempts }) => attempts,
  fallback: ({ fallback }) => String(fallback),
  status: ({ status }) => status,
  http_status: ({ httpStatus }) => httpStatus,
  error_code: ({ errorCode }) => errorCode,
  input_tokens: ({ usage }) => usage?.inputTokens ?? null,
  output_tokens: ({ usage }) => usage?.outputTokens ?? null,
  images: ({ usage }) => usage?.images ?? null,
  seconds: ({ usage }) => usage?.seconds ?? null,
  cost_usd: ({ costMicroUsd }) => formatUsd(costMicroUsd),
  queue_ms: ({ queueMs }) => queueMs,
  first_token_ms: ({ firstTokenMs }) => firstTokenMs,
  total_ms: ({ totalMs }) => totalMs,
  bodies: ({ bodies }) => bodies,
};

export const CALL_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/** The cells of a call, in the order of `CALL_COLUMNS`. */
export function callCells(call: Call): readonly CsvCell[] {
  return Object.values(COLUMNS).map((cellOf) => cellOf(call));
}
