/** What servers say instead of OpenAI's finish reasons, in lower case. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  length: [
    'length',
    'max_tokens',
    'max_output_tokens',
    'max_completion_tokens',
    'max_length',
    'model_length',
    'token_limit',
    'model_context_window_exceeded',
  ],
  tool_calls: ['tool_calls', 'tool_call', 'tool_use', 'tool-calls', 'tool'],
  function_call: ['function_call'],
  content_filter: [
    ...[
      'content_filter',
      'content-filter',
      'content_filtered',
      'contentfilter',
      'safety',
      'sensitive',
      'moderation',
      'guardrail_intervened',
    ],
    ...[
      'recitation',
      'language',
      'blocklist',
      'prohibited_content',
      'spii',
      'image_safety',
      'image_prohibited_content',
      'image_recitation',
    ],
    ...['refusal'],
  ],
  // Not an end but a fault of the server's: see errorReason.
  error: ['error', 'insufficient_system_resource', 'malformed_function_call', 'malformed_response', 'unexpected_tool_call'],
};
const KNOWN = new Map(Object.entries(REASONS).flatMap(([reason, names]) => names.map((name) => [name, reason] as const)));

/**
 * OpenAI's finish reason for a server's: null for what says nothing (null, "", absent), `error` when the server broke off, `stop` for
 * every way of ending that is no other (`eos`, `end_turn`, `STOP`, `stop_sequence` ...).
 */
export function finishReasonOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const name = value.trim().toLowerCase();
  return name === '' || name === 'null' ? null : (KNOWN.get(name) ?? 'stop');
}
