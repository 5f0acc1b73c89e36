import { AppError } from '../../../domain/errors';
import { isObject, requireObject } from '../shared/json';
import type { Connection } from './connection';

const LIMITS = { firstByteMs: 15_000, totalMs: 30_000, maxBytes: 8 * 1024 * 1024 };

/** Names of the models the server lists. */
export async function listModels(connection: Connection, signal: AbortSignal): Promise<readonly string[]> {
  const answer = await connection.send({ method: 'GET', path: 'models', signal, effect: 'repeatable', ...LIMITS });
  const data = requireObject(answer.body, 'the list of models')['data'];
  if (!Array.isArray(data)) throw new AppError('provider_bad_response', `Provider ${connection.name} answered no list of models.`);
  return data.filter(isObject).flatMap((model) => (typeof model['id'] === 'string' ? [model['id']] : []));
}
