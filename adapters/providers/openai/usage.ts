import { NO_USAGE } from '../../../domain/task/generation';
import type { ReportedUsage } from '../../../domain/provider/provider';
import { countOf, isObject, type JsonObject } from '../shared/json';

/**
 * A chat's or an embedding's usage as reported; null when there is none to rely on.
 * DeepSeek names cached tokens `prompt_cache_hit_tokens`.
 */
export function tokenUsage(value: unknown): ReportedUsage | null {
  if (!isObject(value)) return null;
  const inputTokens = countOf(value['prompt_tokens']);
  if (inputTokens === undefined) return null;
  const cached = detail(value, 'prompt_tokens_details', 'cached_tokens') ?? countOf(value['prompt_cache_hit_tokens']) ?? 0;
  return {
    usage: {
      ...NO_USAGE,
      inputTokens,
      cachedInputTokens: Math.min(cached, inputTokens),
      outputTokens: countOf(value['completion_tokens']) ?? 0,
      reasoningTokens: detail(value, 'completion_tokens_details', 'reasoning_tokens') ?? 0,
    },
    original: value,
  };
}

function detail(usage: JsonObject, group: string, name: string): number | undefined {
  const details = usage[group];
  return isObject(details) ? countOf(details[name]) : undefined;
}
