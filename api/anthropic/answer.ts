import { readJsonExactly } from '../../domain/large-integers';

type Fields = Readonly<Record<string, unknown>>;

/** A content block of an answer. */
export type Block = Fields & { readonly type: string };

/** Anthropic's message object of a stored chat answer. */
export function messageOf(body: Fields, stopSequences: readonly string[]): Fields {
  const choice = choiceOf(body);
  return {
    ...messageFrame(body['id'], body['model']),
    content: blocksOf(messageIn(choice)),
    ...stopOf(choice, stopSequences),
    usage: usageOf(body),
  };
}

/** What all messages have, and the fields that a beginning one does not know yet. */
export function messageFrame(id: unknown, model: unknown): Fields {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    container: null,
    diagnostics: null,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
  };
}

/** Thinking comes first, then text, then calls of tools. */
function blocksOf(message: Fields): readonly Block[] {
  const thinking = thinkingOf(message['thinking_blocks']);
  const reasoning = reasoningIn(message);
  const unsigned: readonly Block[] = reasoning === '' ? [] : [{ type: 'thinking', thinking: reasoning, signature: '' }];
  const text = textIn(message['content']) + stringOf(message['refusal']);
  return [
    ...(thinking.length === 0 ? unsigned : thinking),
    ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
    ...toolCallsOf(message),
  ];
}

function toolCallsOf(message: Fields): readonly Block[] {
  const calls = Array.isArray(message['tool_calls']) ? (message['tool_calls'] as readonly Fields[]) : [];
  return calls.map((call) => {
    const named = (call['function'] ?? call['custom'] ?? {}) as Fields;
    return { type: 'tool_use', id: call['id'], name: named['name'], input: inputOf(named['arguments'] ?? named['input']) };
  });
}

/** A tool's input is an object; text that is none is handed on for the client's own check to refuse. */
function inputOf(given: unknown): Fields {
  const text = stringOf(given).trim();
  if (text === '') return {};
  try {
    const value = readJsonExactly(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Shown as it is.
  }
  return { arguments: text };
}

/** Blocks of thinking that came with their signatures. */
export function thinkingOf(value: unknown): readonly Block[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Fields[]).flatMap((block): readonly Block[] => {
    if (block['type'] === 'redacted_thinking') return [{ type: 'redacted_thinking', data: block['data'] }];
    if (block['type'] !== 'thinking') return [];
    return [{ type: 'thinking', thinking: stringOf(block['thinking']), signature: stringOf(block['signature']) }];
  });
}

/** The thinking of a message, or of a piece of one, by the names that servers have for it. */
export function reasoningIn(message: Fields): string {
  const reasoning = stringOf(message['reasoning_content']);
  return reasoning === '' ? stringOf(message['reasoning']) : reasoning;
}

/** The text of a content; images in it as Markdown, since Anthropic's answers have no place for them. */
export function textIn(content: unknown): string {
  if (!Array.isArray(content)) return stringOf(content);
  return (content as readonly unknown[])
    .map((part) => {
      if (typeof part !== 'object' || part === null) return stringOf(part);
      const { text, image_url: image } = part as Fields;
      const url = typeof image === 'object' && image !== null ? (image as Fields)['url'] : image;
      return typeof url === 'string' ? `![image](${url})` : stringOf(text);
    })
    .join('');
}

/** Anthropic's stop reason for OpenAI's finish reason. */
const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

/**
 * Why an answer ended: as its provider said it in Anthropic's words, else by its finish reason. Some servers name the stop sequence as
 * `stop_reason`.
 */
export function stopOf(choice: Fields, stopSequences: readonly string[]): Fields {
  const { stop_reason: said, stop_sequence: sequence, stop_details: details, finish_reason: finish } = choice;
  const met = [sequence, said].find((word) => typeof word === 'string' && stopSequences.includes(word)) ?? null;
  const isRefused = stringOf(messageIn(choice)['refusal']) !== '';
  const known = typeof said === 'string' && typeof finish === 'string' && OWN_REASONS.has(said) ? said : undefined;
  const mapped = met !== null ? 'stop_sequence' : isRefused ? 'refusal' : (STOP_REASONS[stringOf(finish)] ?? 'end_turn');
  const reason = known ?? mapped;
  return {
    stop_reason: reason,
    stop_sequence: met,
    stop_details: details ?? (reason === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null),
  };
}

const OWN_REASONS: ReadonlySet<string> = new Set([
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
]);

/** OpenAI counts cached tokens among those of the prompt, Anthropic beside them. */
export function usageOf(body: Fields): Fields {
  const usage = recordOf(body['usage']);
  const details = recordOf(usage['prompt_tokens_details']);
  const read = countOf(usage['cache_read_input_tokens'] ?? details['cached_tokens'] ?? usage['prompt_cache_hit_tokens']);
  const written = countOf(usage['cache_creation_input_tokens'] ?? details['cache_write_tokens']);
  const thought = countOf(recordOf(usage['completion_tokens_details'])['reasoning_tokens']);
  return {
    ...countsOf(Math.max(0, countOf(usage['prompt_tokens']) - read - written), countOf(usage['completion_tokens'])),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens_details: thought === 0 ? null : { thinking_tokens: thought },
    cache_creation: usage['cache_creation'] ?? null,
    server_tool_use: usage['server_tool_use'] ?? null,
    service_tier: usage['service_tier'] ?? null,
  };
}

/** A usage of which only the tokens are known. */
export function countsOf(inputTokens: number, outputTokens: number): Fields {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens_details: null,
    cache_creation: null,
    server_tool_use: null,
    service_tier: null,
    inference_geo: null,
    speed: null,
  };
}

/** The first choice of a stored chat answer: this format has no others. */
export function choiceOf(body: Fields): Fields {
  const choices = body['choices'];
  return recordOf(Array.isArray(choices) ? (choices as readonly unknown[])[0] : undefined);
}

function messageIn(choice: Fields): Fields {
  return recordOf(choice['message']);
}

function recordOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function countOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
