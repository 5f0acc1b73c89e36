import { AppError } from '../../../domain/errors';
import type { EmbeddingAnswer, EmbeddingCall } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import { overflowOf } from '../shared/context-overflow';
import { countOf, isObject, requireObject } from '../shared/json';
import { toBase64 } from '../shared/vector';
import { modelName, modelPath, type GeminiConnection } from './connection';
import { textCall } from '../shared/text-call';

const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** Parameters of embeddings that Google has a place for. */
export const EMBEDDING_PARAMS = ['dimensions', 'encoding_format', 'task_type'] as const;

/** One call of `batchEmbedContents`. @throws AppError `unsupported_parameter` for an input of tokens, which only OpenAI's models read */
export async function embed(connection: GeminiConnection, call: EmbeddingCall): Promise<EmbeddingAnswer> {
  const { input, params } = call.input;
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (!texts.every((text) => typeof text === 'string')) {
    throw new AppError('unsupported_parameter', "This model's provider embeds texts only; send `input` as text.", { param: 'input' });
  }
  const { dimensions, task_type: taskType } = params;
  const model = modelName(call.model);
  const requests = texts.map((text) => ({
    model,
    content: { parts: [{ text }] },
    ...(typeof dimensions === 'number' ? { outputDimensionality: dimensions } : {}),
    ...(typeof taskType === 'string' ? { taskType } : {}),
  }));
  const answer = await connection
    .send(
      textCall(call, {
        path: connection.pathOf(modelPath(call.model, 'batchEmbedContents')),
        body: JSON.stringify({ requests }),
        maxBytes: MAX_ANSWER_BYTES,
      }),
    )
    .catch((error: unknown) => {
      throw overflowOf(error);
    });
  const body = requireObject(answer.body, 'embeddings');
  const vectors = Array.isArray(body['embeddings']) ? body['embeddings'].filter(isObject).map(({ values }) => values) : [];
  if (vectors.length !== texts.length || !vectors.every(Array.isArray)) {
    throw new AppError('provider_bad_response', `Provider ${connection.name} answered embeddings without a vector for each input.`);
  }
  const encode = params['encoding_format'] === 'base64' ? toBase64 : (vector: unknown) => vector;
  const tokens = isObject(body['usageMetadata']) ? countOf(body['usageMetadata']['promptTokenCount']) : undefined;
  return {
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) })),
    usage:
      tokens === undefined
        ? null
        : { usage: { ...NO_USAGE, inputTokens: tokens }, original: { prompt_tokens: tokens, total_tokens: tokens } },
    upstreamId: null,
  };
}
