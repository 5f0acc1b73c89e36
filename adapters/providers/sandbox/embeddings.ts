import { AppError } from '../../../domain/errors';
import { NO_USAGE, type EmbeddingInput } from '../../../domain/task/generation';
import type { EmbeddingAnswer, EmbeddingCall } from '../../../domain/provider/provider';
import { chanceFrom, digestOf } from './chance';
import { misbehaveWhole } from './misbehave';
import { tokensOf } from './tokens';

const DEFAULT_DIMENSIONS = 64;
const MOST_DIMENSIONS = 4_096;
const MOST_WORDS = 2_000;

/** Unit vectors: the sum of a fixed direction per word, so that texts which share words lie near each other. */
export async function embed(call: EmbeddingCall): Promise<EmbeddingAnswer> {
  await misbehaveWhole(call, 'sandbox-text');
  const texts = textsOf(call.input.input);
  const dimensions = dimensionsOf(call.input.params['dimensions'] ?? DEFAULT_DIMENSIONS);
  const isBase64 = call.input.params['encoding_format'] === 'base64';
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions);
    return { object: 'embedding', index, embedding: isBase64 ? Buffer.from(vector.buffer).toString('base64') : [...vector] };
  });
  const inputTokens = texts.reduce((sum, text) => sum + tokensOf(text).length, 0);
  const original = { prompt_tokens: inputTokens, total_tokens: inputTokens };
  return { data, usage: { usage: { ...NO_USAGE, inputTokens }, original }, upstreamId: null };
}

/** A text, texts, one text of token numbers, or several of these. */
function textsOf(input: EmbeddingInput['input']): readonly string[] {
  if (typeof input === 'string') return [input];
  if (typeof input[0] === 'number') return [input.join(' ')];
  return input.map((item) => (Array.isArray(item) ? item.join(' ') : String(item)));
}

function dimensionsOf(wanted: unknown): number {
  if (typeof wanted === 'number' && Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_DIMENSIONS) return wanted;
  throw new AppError('provider_rejected', `dimensions must be a whole number from 1 to ${MOST_DIMENSIONS}.`, { param: 'dimensions' });
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const words = text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.slice(0, MOST_WORDS) ?? [text];
  const sum = new Float32Array(dimensions);
  for (const word of words) {
    const chance = chanceFrom(digestOf(word));
    for (let index = 0; index < dimensions; index += 1) sum[index] = (sum[index] ?? 0) + chance.next() * 2 - 1;
  }
  const length = Math.hypot(...sum);
  return sum.map((value) => (length === 0 ? 1 / Math.sqrt(dimensions) : value / length));
}
