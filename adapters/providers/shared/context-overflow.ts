import { AppError, isAppError } from '../../../domain/errors';

/** One server's words for "this does not fit into the context". */
interface Quirk {
  readonly server: string;
  readonly pattern: RegExp;
}

/**
 * Servers that say it in words only. Each row has an answer in recorded/context-overflow.json that it was made from; a row without one
 * is not accepted (test/provider/context-overflow.test.ts), and neither is one that matches an answer there of another kind: too many
 * output tokens, a rate limit counted in tokens, a large image.
 */
export const OVERFLOW_QUIRKS: readonly Quirk[] = [
  {
    server: 'OpenAI, vLLM, DeepSeek, OpenRouter',
    pattern: /maximum context length is [\d,]+ tokens[.,;]? however,? (you requested|your (messages|request|prompt|input))/i,
  },
  { server: 'OpenAI Responses', pattern: /your input exceeds the context window of this model/i },
  { server: 'vLLM', pattern: /prompt \(length \d+\) is longer than the maximum model length/i },
  { server: 'SGLang', pattern: /requested token count exceeds the model's maximum context length of [\d,]+ tokens/i },
  { server: 'SGLang, Together', pattern: /the input \([\d,]+ tokens\) is longer than the model's context length/i },
  { server: 'Gemini', pattern: /input token count (\([\d,]+\) )?exceeds the maximum number of tokens allowed/i },
  { server: 'Anthropic', pattern: /prompt is too long: [\d,]+ tokens > [\d,]+ maximum/i },
  { server: 'Anthropic', pattern: /input length and `max_tokens` exceed context limit/i },
  { server: 'Bedrock', pattern: /input is too long for requested model/i },
  { server: 'llama.cpp', pattern: /request (\([\d,]+ tokens\) )?exceeds the available context size/i },
  { server: 'llama-cpp-python', pattern: /requested tokens \([\d,]+\) exceed context window of [\d,]+/i },
  { server: 'Ollama', pattern: /input length exceeds (the |maximum )?context length/i },
  { server: 'Ollama', pattern: /prompt too long; exceeded (max )?context length/i },
  { server: 'LM Studio', pattern: /keep the first [\d,]+ tokens when context the overflows/i },
  { server: 'LM Studio', pattern: /tokens to keep from the initial prompt is greater than the context length/i },
  { server: 'LM Studio', pattern: /\bcontext size has been exceeded/i },
  { server: 'xAI', pattern: /maximum prompt length is [\d,]+ but the request contains [\d,]+ tokens/i },
  { server: 'Mistral', pattern: /prompt contains [\d,]+ tokens.*too large for model with [\d,]+ maximum context length/i },
  { server: 'Kimi', pattern: /request exceeded model token limit: [\d,]+/i },
  { server: 'MiniMax', pattern: /context window exceeds limit/i },
  { server: 'Qwen', pattern: /range of input length should be \[\d+, ?\d+\]/i },
  { server: 'Ark', pattern: /input length [\d,]+ exceeds the maximum length [\d,]+/i },
  { server: 'Copilot', pattern: /prompt token count of [\d,]+ exceeds the limit of [\d,]+/i },
];

/** What the words may change: a refusal, or trouble of the server's own. A rate limit stays one. */
const CHANGEABLE = new Set(['provider_rejected', 'provider_unavailable', 'provider_bad_response']);

/** The same failure as `context_length_exceeded` when a quirk's words say so; anything else as it is. */
export function overflowOf(error: unknown): unknown {
  if (!isAppError(error) || !CHANGEABLE.has(error.code)) return error;
  const words = error.facts.providerMessage ?? '';
  if (!OVERFLOW_QUIRKS.some(({ pattern }) => pattern.test(words))) return error;
  return new AppError('context_length_exceeded', error.message, error.facts, error.cause);
}
