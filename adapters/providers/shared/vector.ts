import { AppError } from '../../../domain/errors';

const BYTES_PER_FLOAT = 4;

/** Numbers → base64 of little-endian 32-bit floats, OpenAI's `encoding_format: base64`; anything else stays as it is. */
export function toBase64(vector: unknown): unknown {
  if (!Array.isArray(vector) || !vector.every((value) => typeof value === 'number')) return vector;
  const bytes = Buffer.alloc(vector.length * BYTES_PER_FLOAT);
  vector.forEach((value: number, index) => bytes.writeFloatLE(value, index * BYTES_PER_FLOAT));
  return bytes.toString('base64');
}

/** The reverse. @throws AppError `provider_bad_response` for a text that is no base64 of floats */
export function toFloats(vector: unknown): unknown {
  if (typeof vector !== 'string') return vector;
  const bytes = Buffer.from(vector, 'base64');
  if (bytes.length === 0 || bytes.length % BYTES_PER_FLOAT !== 0) {
    throw new AppError(
      'provider_bad_response',
      'The provider answered embeddings with a vector that is neither numbers nor base64 of them.',
    );
  }
  return Array.from({ length: bytes.length / BYTES_PER_FLOAT }, (_, index) => bytes.readFloatLE(index * BYTES_PER_FLOAT));
}
