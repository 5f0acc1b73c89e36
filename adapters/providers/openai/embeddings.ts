import { AppError } from '../../../domain/errors';
import type { EmbeddingAnswer, EmbeddingCall } from '../../../domain/provider/provider';
import { isObject, requireObject, textOf, type JsonObject } from '../shared/json';
import type { Connection } from '../shared/connection';
import { overflowOf } from '../shared/context-overflow';
import { toBase64, toFloats } from '../shared/vector';
import { tokenUsage } from './usage';
import { textCall } from '../shared/text-call';

const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** One embeddings call. Vectors come in the encoding that was asked for, whatever the server answers with. */
export async function embed(connection: Connection, call: EmbeddingCall): Promise<EmbeddingAnswer> {
  const params = Object.fromEntries(Object.entries(call.input.params).filter(([, value]) => value !== null));
  const answer = await connection
    .send(
      textCall(call, {
        path: 'embeddings',
        body: JSON.stringify({ ...params, model: call.model, input: call.input.input }),
        maxBytes: MAX_ANSWER_BYTES,
      }),
    )
    .catch((error: unknown) => {
      throw overflowOf(error);
    });
  const body = requireObject(answer.body, 'embeddings');
  const data = body['data'];
  if (!Array.isArray(data) || data.length === 0 || !data.every(isObject)) {
    throw new AppError('provider_bad_response', `Provider ${connection.name} answered embeddings without data.`);
  }
  const encode = params['encoding_format'] === 'base64' ? toBase64 : toFloats;
  const items = data.map((item: JsonObject) => ({ ...item, embedding: encode(item['embedding']) }));
  return { data: items, usage: tokenUsage(body['usage'], 'embedding'), upstreamId: textOf(body['id']) ?? null };
}
