import { outputTokenEstimate } from '../../domain/money/pricing';
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

export function createDeliveredText(): DeliveredText {
  let tokens = 0;
  return {
    add(chunk) {
      for (const choice of chunk.choices) tokens += outputTokenEstimate(choice.delta);
    },
    hasContent: () => tokens > 0,
    usage: (inputTokens) => ({ ...NO_USAGE, inputTokens, outputTokens: Math.ceil(tokens), estimated: true }),
  };
}
