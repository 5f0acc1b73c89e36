import type { GenerationInput } from '../task/generation';

/** For how long a request asks its vendor to keep parts of it. */
type CacheMarks = 'none' | 'short' | 'long';

/** Looks for Anthropic's `cache_control` where it may stand: at the request, at tools, at messages, their calls and parts of their contents. */
export function cacheMarks(input: GenerationInput): CacheMarks {
  if (input.operation !== 'chat') return 'none';
  const { messages, params } = input;
  let found: CacheMarks = 'none';
  for (const holder of [params, ...listOf(params['tools']), ...messages.flatMap(holdersOf)]) {
    const mark = isRecord(holder) ? holder['cache_control'] : undefined;
    if (!isRecord(mark)) continue;
    if (mark['ttl'] === '1h') return 'long';
    found = 'short';
  }
  return found;
}

function holdersOf(message: Readonly<Record<string, unknown>>): readonly unknown[] {
  return [message, ...listOf(message['content']), ...listOf(message['tool_calls'])];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
