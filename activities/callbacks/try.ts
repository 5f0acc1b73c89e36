import {
  GONE,
  isDelivered,
  nextTryInMs,
  type Callback,
  type CallbackAttempt,
  type CallbackTurn,
  type TryVerdict,
} from '../../domain/events/callback';
import { addLogFields } from '../../lib/log-context';
import { isAppError, toAppError } from '../../domain/errors';
import { keepTrying } from '../keep-trying';
import type { CallbackDeps } from './deps';
import { eventBody } from './event';

/** What the workflow of an event needs to know after a try. */
export interface TryAnswer {
  readonly outcome: 'delivered' | 'failed' | 'pending' | 'early' | 'closed';
  /** null: there is nothing more to do. */
  readonly againInMs: number | null;
}

/** A receiver has this long to answer. */
const POST_TIMEOUT_MS = 12_000;
/** What came of a try is worth this much waiting for the database. */
const WRITE_PATIENCE_MS = 20_000;

/** Makes the next try of an event if it is due, and writes down what came of it. */
export async function tryCallback(deps: CallbackDeps, id: string): Promise<TryAnswer> {
  const taken = await deps.callbacks.takeTurn(id);
  if (taken.kind === 'closed') return { outcome: 'closed', againInMs: null };
  if (taken.kind === 'early') return { outcome: 'early', againInMs: taken.dueInMs };
  const { turn } = taken;
  const { eventId, taskId } = turn.callback;
  addLogFields({ event_id: eventId, ...(taskId === null ? {} : { task_id: taskId }) });
  const startedAt = performance.now();
  const { attempt, isLast, body } = await post(deps, turn);
  const verdict = verdictOf(deps, turn, attempt, isLast, performance.now() - startedAt);
  const { status, againInMs } = await keepTrying(() => deps.callbacks.endTurn(turn, attempt, verdict, body), WRITE_PATIENCE_MS);
  if (verdict.status === 'failed') {
    deps.logger.warn(
      {
        event_id: turn.callback.eventId,
        endpoint_id: turn.callback.endpointId,
        status_code: attempt.statusCode,
        tries: turn.triesBefore + 1,
      },
      'gave up on a callback',
    );
  }
  return { outcome: status, againInMs };
}

interface Posted {
  readonly attempt: CallbackAttempt;
  /** No further try could help. */
  readonly isLast: boolean;
  /** What was sent; null: nothing. */
  readonly body: string | null;
}

async function post(deps: CallbackDeps, turn: CallbackTurn): Promise<Posted> {
  const { callback } = turn;
  const at = deps.now();
  const [body, secrets] = await Promise.all([eventBody(deps, callback), secretsOf(deps, callback)]);
  if (body === null || secrets.length === 0) {
    const error = body === null ? 'The subject of the event is no longer stored.' : 'The endpoint was deleted.';
    return { attempt: { at, statusCode: null, durationMs: 0, error, responseExcerpt: null, request: null }, isLast: true, body: null };
  }
  const { 'webhook-signature': signature = '', ...shown } = deps.signer.sign({ id: callback.eventId, at, body, secrets });
  const sequence = callback.sequence === null ? {} : { 'webhook-sequence': String(callback.sequence) };
  const headers = { 'content-type': 'application/json', ...shown, ...sequence };
  const request = { headers, bytes: Buffer.byteLength(body) };
  const startedAt = performance.now();
  try {
    const answer = await deps.egress.post(callback.url, {
      headers: { ...headers, 'webhook-signature': signature },
      body,
      timeoutMs: POST_TIMEOUT_MS,
    });
    const { status: statusCode, durationMs, excerpt: responseExcerpt } = answer;
    const attempt = { at, statusCode, durationMs, error: faultOf(statusCode), responseExcerpt, request };
    return { attempt, isLast: statusCode === GONE, body };
  } catch (caught) {
    const error = toAppError(caught);
    if (!isAppError(caught)) deps.logger.error({ err: caught, event_id: callback.eventId }, 'a callback could not be posted');
    const durationMs = Math.round(performance.now() - startedAt);
    return { attempt: { at, statusCode: null, durationMs, error: error.message, responseExcerpt: null, request }, isLast: false, body };
  }
}

/** Those that sign, the newest first. */
async function secretsOf(deps: CallbackDeps, { endpointId, teamName }: Callback): Promise<readonly string[]> {
  return endpointId === null ? [await deps.teams.callbackSecret(teamName)] : deps.endpoints.secrets(endpointId);
}

function verdictOf(deps: CallbackDeps, turn: CallbackTurn, attempt: CallbackAttempt, isLast: boolean, tookMs: number): TryVerdict {
  if (attempt.error === null) return { status: 'delivered', againInMs: null };
  const againInMs = isLast ? null : nextTryInMs(turn.triesBefore + 1, turn.elapsedMs + tookMs, deps.random(), deps.scheduleScale);
  return againInMs === null ? { status: 'failed', againInMs: null } : { status: 'pending', againInMs };
}

/** null for success. */
function faultOf(statusCode: number): string | null {
  if (isDelivered(statusCode)) return null;
  if (statusCode === GONE) return 'The receiver answered with status 410: it wants no further attempts.';
  if (statusCode >= 300 && statusCode < 400) return `The receiver answered with a redirect (${statusCode}), which is not followed.`;
  return `The receiver answered with status ${statusCode}.`;
}
