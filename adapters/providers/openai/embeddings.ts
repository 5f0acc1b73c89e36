import { AppError } from '../../../domain/errors';
import type { EmbeddingAnswer, EmbeddingCall } from '../../../domain/provider/provider';
import { isObject, requireObject, textOf } from '../shared/json';
import type { Connection } from './connection';
import { tokenUsage } from './usage';

const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** One embeddings call. */
export async function embed(connection: Connection, call: EmbeddingCall): Promise<EmbeddingAnswer> {
  const answer = await connection.send({
    method: 'POST',
    path: 'embeddings',
    body: JSON.stringify({ ...call.input.params, model: call.model, input: call.input.input }),
    operationKey: call.operationKey,
    signal: call.signal,
    firstByteMs: call.timeouts.firstByteMs,
    totalMs: call.timeouts.totalMs,
    effect: 'repeatable',
    maxBytes: MAX_ANSWER_BYTES,
  });
  const body = requireObject(answer.body, 'embeddings');
  const data = body['data'];
  if (!Array.isArray(data) || data.length === 0 || !data.every(isObject)) {
    throw new AppError('provider_bad_response', `Provider ${connection.name} answered embeddings without data.`);
  }
  return { data, usage: tokenUsage(body['usage'], 'embedding'), upstreamId: textOf(body['id']) ?? null };
}
