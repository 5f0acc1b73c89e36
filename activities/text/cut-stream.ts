import { NO_USAGE, type Usage } from '../../domain/task/generation';
import type { ChatChunk } from '../../domain/provider/provider';

/** Counts what a stream delivered, for streams that end before the provider reports its usage. */
export interface DeliveredText {
  add(chunk: ChatChunk): void;
  /** True once something a reader sees (text, a tool call, a refusal) was delivered. */
  readonly hasContent: () => boolean;
  /** The usage to settle: the whole input and the delivered output, marked as our estimate. */
  usage(inputTokens: number): Usage;
}

/** A token is about four bytes of English; counted up, so a cut stream is never settled as nothing. */
const BYTES_PER_TOKEN = 4;

export function createDeliveredText(): DeliveredText {
  let bytes = 0;
  let hasContent = false;
  return {
    add(chunk) {
      for (const choice of chunk.choices) {
        const size = contentBytes(choice.delta);
        bytes += size;
        if (size > 0) hasContent = true;
      }
    },
    hasContent: () => hasContent,
    usage: (inputTokens) => ({ ...NO_USAGE, inputTokens, outputTokens: Math.ceil(bytes / BYTES_PER_TOKEN), estimated: true }),
  };
}

/** Bytes of everything in a delta but its role. */
export function contentBytes(delta: Readonly<Record<string, unknown>>): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(delta)) {
    if (key === 'role' || value === null || value === undefined || value === '') continue;
    bytes += Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
  }
  return bytes;
}

/** Our count of a text's tokens, for providers that report no usage. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}
