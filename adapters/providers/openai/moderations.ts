import { AppError } from '../../../domain/errors';
import type { ModerationAnswer, ModerationCall } from '../../../domain/provider/provider';
import type { Connection } from '../shared/connection';
import { isGiven, isObject, requireObject, textOf } from '../shared/json';
import { textCall } from '../shared/text-call';
import { tokenUsage } from './usage';

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** One moderations call. */
export async function moderate(connection: Connection, call: ModerationCall): Promise<ModerationAnswer> {
  const params = Object.fromEntries(Object.entries(call.input.params).filter(([, value]) => isGiven(value)));
  const answer = await connection.send(
    textCall(call, {
      path: 'moderations',
      body: JSON.stringify({ ...params, model: call.model, input: call.input.input }),
      maxBytes: MAX_ANSWER_BYTES,
    }),
  );
  const { id, model: _model, results, usage, ...extra } = requireObject(answer.body, 'moderations');
  if (!Array.isArray(results) || results.length === 0 || !results.every(isObject)) {
    throw new AppError('provider_bad_response', `Provider ${connection.name} answered moderations without results.`);
  }
  return { results, usage: tokenUsage(usage, 'embedding'), upstreamId: textOf(id) ?? null, extra };
}
