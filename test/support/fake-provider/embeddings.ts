import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from './records';
import { sendJson } from './reply';

/** Answers embeddings: a vector that holds the text's length. */
export function answerEmbeddings(response: ServerResponse, request: RecordedRequest): void {
  const { body } = request;
  const inputs = Array.isArray(body['input']) ? (body['input'] as unknown[]) : [body['input']];
  const dimensions = Number(body['dimensions'] ?? 4);
  const data = inputs.map((input, index) => {
    const vector = Array.from({ length: dimensions }, (_, position) => (position === 0 ? JSON.stringify(input).length : 0));
    const embedding = body['encoding_format'] === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector;
    return { object: 'embedding', index, embedding };
  });
  const tokens = inputs.length * 3;
  sendJson(response, 200, { object: 'list', model: request.model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}
