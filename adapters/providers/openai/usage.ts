import type { ReportedUsage } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import { isObject, type JsonObject } from '../shared/json';

/** More tokens than any model takes or makes: such a number is a fault, not a count. */
const MOST_TOKENS = 1_000_000_000;

/** Where servers of this shape say what they counted; the first one that is a positive count, in this order, is taken. */
const FIELDS = {
  input: ['prompt_tokens', 'input_tokens'],
  output: ['completion_tokens', 'output_tokens'],
  total: ['total_tokens'],
  cached: [
    'prompt_tokens_details.cached_tokens',
    'input_tokens_details.cached_tokens',
    // DeepSeek; Kimi; Anthropic's word, which some gateways keep.
    'prompt_cache_hit_tokens',
    'cached_tokens',
    'cache_read_input_tokens',
  ],
  // OpenRouter and other gateways before Claude.
  written: ['prompt_tokens_details.cache_write_tokens', 'input_tokens_details.cache_write_tokens', 'cache_creation_input_tokens'],
  writtenForAnHour: ['cache_creation.ephemeral_1h_input_tokens'],
  reasoning: ['completion_tokens_details.reasoning_tokens', 'output_tokens_details.reasoning_tokens', 'reasoning_tokens'],
} as const;

/**
 * A chat's or an embedding's usage as reported; null when there is none to rely on.
 *
 * Output tokens are the larger of what is named and what the total leaves for them: xAI counts reasoning beside the completion, and
 * servers of Gemini's kind name it in the total only.
 */
export function tokenUsage(value: unknown, what: 'chat' | 'embedding' = 'chat'): ReportedUsage | null {
  if (!isObject(value)) return null;
  const input = countAt(value, FIELDS.input);
  const output = countAt(value, FIELDS.output);
  const total = countAt(value, FIELDS.total);
  const inputTokens = input ?? inputOfTotal(total, output, what);
  if (inputTokens === undefined || (what === 'chat' && output === undefined && total === undefined)) return null;
  const cached = countAt(value, FIELDS.cached) ?? 0;
  const reasoning = countAt(value, FIELDS.reasoning) ?? 0;
  const unexplained = (total ?? 0) - inputTokens - (output ?? 0);
  // Cached tokens that stand beside the fresh ones, as the total shows.
  const isCachedBeside = cached > 0 && unexplained === cached && reasoning !== cached;
  const allInput = isCachedBeside ? inputTokens + cached : inputTokens;
  const written = Math.min(countAt(value, FIELDS.written) ?? 0, Math.max(0, allInput - cached));
  const writtenForAnHour = Math.min(countAt(value, FIELDS.writtenForAnHour) ?? 0, written);
  const allOutput = what === 'embedding' ? (output ?? 0) : outputTokens(output ?? 0, total, allInput, reasoning);
  return {
    usage: {
      ...NO_USAGE,
      inputTokens: allInput,
      cachedInputTokens: Math.min(cached, allInput),
      ...(written > 0 ? { cacheWriteInputTokens: written } : {}),
      ...(writtenForAnHour > 0 ? { cacheWrite1hInputTokens: writtenForAnHour } : {}),
      outputTokens: allOutput,
      reasoningTokens: Math.min(reasoning, allOutput),
    },
    original: value,
  };
}

/** Puts the usage of a stream together. */
export interface UsageReader {
  /** Takes what a chunk says; anything but an object is passed over. */
  add(usage: unknown): void;
  usage(): ReportedUsage | null;
}

/**
 * Usage that comes on several chunks is cumulative: what is said later counts, and what a later chunk leaves out, or gives as zero,
 * keeps what was said before.
 */
export function createUsageReader(): UsageReader {
  let known: JsonObject | null = null;
  return {
    add(piece) {
      if (!isObject(piece)) return;
      const before: JsonObject = { ...known };
      // A total that belongs to earlier counts would say too much of later ones.
      if (countAt(piece, FIELDS.output) !== undefined) delete before['total_tokens'];
      const said = Object.entries(piece).filter(([name, value]) => before[name] === undefined || isSaid(value));
      known = { ...before, ...Object.fromEntries(said) };
    },
    usage: () => tokenUsage(known),
  };
}

function isSaid(value: unknown): boolean {
  return value !== null && (isObject(value) || typeof value === 'boolean' || (tokenCount(value) ?? 0) > 0);
}

function inputOfTotal(total: number | undefined, output: number | undefined, what: 'chat' | 'embedding'): number | undefined {
  if (total === undefined || (what === 'chat' && output === undefined)) return undefined;
  return Math.max(0, total - (output ?? 0));
}

function outputTokens(output: number, total: number | undefined, input: number, reasoning: number): number {
  if (total !== undefined) return Math.max(output, total - input);
  // More reasoning than output, and no total: they stand side by side.
  return reasoning > output ? output + reasoning : output;
}

/** The first positive count of the fields, else zero when one is zero, else undefined. */
function countAt(usage: JsonObject, paths: readonly string[]): number | undefined {
  const counts = paths.map((path) => tokenCount(valueAt(usage, path))).filter((count) => count !== undefined);
  return counts.find((count) => count > 0) ?? counts[0];
}

function valueAt(usage: JsonObject, path: string): unknown {
  const [first = '', second] = path.split('.');
  const value = usage[first];
  if (second === undefined) return value;
  return isObject(value) ? value[second] : undefined;
}

/** A whole number of tokens from a number or decimal text; undefined for what can't be one (negative, `1e400`, beyond any model). */
function tokenCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= MOST_TOKENS ? Math.ceil(number) : undefined;
}
