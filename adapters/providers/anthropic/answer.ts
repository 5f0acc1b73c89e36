import { writeJson } from '../../../domain/large-integers';
import type { ChatAnswer, ChatChunk, ReportedUsage } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import { countOf, isObject, textOf, type JsonObject } from '../shared/json';
import type { Tools } from './tools';

/**
 * An answer of `POST /v1/messages` while it comes: its events become chunks as clients of chat completions expect them, and the whole
 * answer is put together from the same pieces.
 */
export interface MessageAnswer {
  /** Takes an event of the stream; null: nothing for clients in it. */
  add(event: JsonObject): ChatChunk | null;
  /** Takes an answer that came whole; returns it as one chunk. */
  addWhole(message: JsonObject): ChatChunk;
  /** The model said why it ended. */
  hasEnded(): boolean;
  /** The last event came. */
  isComplete(): boolean;
  answer(): ChatAnswer;
}

/** A content block while it comes. */
interface Block {
  readonly type: string;
  readonly start: JsonObject;
  text: string;
  signature: string;
  /** Its place among the tool calls; null: it is none, or not yet shown. */
  call: number | null;
}

const FINISH_REASONS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

export function createMessageAnswer({ calledBy }: Pick<Tools, 'calledBy'>): MessageAnswer {
  const blocks = new Map<number, Block>();
  const thinking: JsonObject[] = [];
  const calls: JsonObject[] = [];
  const counts: JsonObject = {};
  const facts: JsonObject = {};
  let [text, reasoning] = ['', ''];
  let refusal: string | null = null;
  let id: string | null = null;
  let finish: string | null = null;
  let isComplete = false;
  let hasBegun = false;

  function begin(index: number, start: JsonObject): JsonObject {
    const type = textOf(start['type']) ?? '';
    const block: Block = { type, start, text: '', signature: textOf(start['signature']) ?? '', call: null };
    blocks.set(index, block);
    if (type === 'text') return say(textOf(start['text']) ?? '');
    if (type === 'thinking') return think(block, textOf(start['thinking']) ?? '');
    if (type === 'redacted_thinking') return seal({ type, data: start['data'] });
    if (type !== 'tool_use' || calledBy(textOf(start['name']) ?? '').isCustom) return {};
    return open(block, { type: 'function', function: { name: calledBy(textOf(start['name']) ?? '').name, arguments: '' } });
  }

  function go(block: Block, delta: JsonObject): JsonObject {
    if (typeof delta['text'] === 'string') return say(delta['text']);
    if (typeof delta['thinking'] === 'string') return think(block, delta['thinking']);
    if (typeof delta['signature'] === 'string') block.signature += delta['signature'];
    return typeof delta['partial_json'] === 'string' ? write(block, delta['partial_json']) : {};
  }

  function end(block: Block): JsonObject {
    if (block.type === 'thinking') return seal({ type: 'thinking', thinking: block.text, signature: block.signature });
    if (block.type !== 'tool_use') return {};
    const { name, isCustom } = calledBy(textOf(block.start['name']) ?? '');
    // A call without pieces has all its input at once, or none.
    const whole = block.text === '' ? writeJson(isObject(block.start['input']) ? block.start['input'] : {}) : '';
    if (!isCustom) return write(block, whole);
    return open(block, { type: 'custom', custom: { name, input: freeText(block.text + whole) } });
  }

  function say(piece: string): JsonObject {
    text += piece;
    return piece === '' ? {} : { content: piece };
  }

  function think(block: Block, piece: string): JsonObject {
    block.text += piece;
    reasoning += piece;
    return piece === '' ? {} : { reasoning_content: piece };
  }

  function seal(block: JsonObject): JsonObject {
    thinking.push(block);
    return { thinking_blocks: [block] };
  }

  function open(block: Block, call: JsonObject): JsonObject {
    block.call = calls.length;
    const whole = { id: textOf(block.start['id']) ?? `call_${block.call}`, ...call };
    calls.push(isObject(call['function']) ? { ...whole, function: { ...call['function'] } } : whole);
    return { tool_calls: [{ index: block.call, ...whole }] };
  }

  function write(block: Block, piece: string): JsonObject {
    block.text += piece;
    const call = block.call === null ? undefined : calls[block.call];
    if (piece === '' || call === undefined) return {};
    (call['function'] as JsonObject)['arguments'] = block.text;
    return { tool_calls: [{ index: block.call, function: { arguments: piece } }] };
  }

  function startOf(message: JsonObject): void {
    id = textOf(message['id']) ?? id;
    count(message['usage']);
  }

  function stop(told: JsonObject): JsonObject {
    const reason = textOf(told['stop_reason']);
    if (reason === undefined) return {};
    const mapped = FINISH_REASONS[reason] ?? 'stop';
    finish = mapped === 'stop' && calls.length > 0 ? 'tool_calls' : mapped;
    facts['stop_reason'] = reason;
    if (isObject(told['stop_details'])) facts['stop_details'] = told['stop_details'];
    if (typeof told['stop_sequence'] === 'string') facts['stop_sequence'] = told['stop_sequence'];
    if (reason !== 'refusal') return {};
    const details = isObject(told['stop_details']) ? told['stop_details'] : {};
    refusal = textOf(details['explanation']) ?? 'The model declined to answer.';
    return { refusal };
  }

  /** Counts are cumulative: what is said later counts. */
  function count(usage: unknown): void {
    if (!isObject(usage)) return;
    for (const name of Object.keys(usage)) if (usage[name] !== null && usage[name] !== undefined) counts[name] = usage[name];
  }

  function chunkOf(delta: JsonObject, isEnd = false): ChatChunk | null {
    if (!isEnd && hasBegun && Object.keys(delta).length === 0) return null;
    const role = hasBegun ? {} : { role: 'assistant' };
    hasBegun = true;
    const usage = isEnd ? usageOf(counts) : null;
    return {
      choices: [{ index: 0, delta: { ...role, ...delta }, finish_reason: isEnd ? finish : null, ...(isEnd ? facts : {}) }],
      ...(usage === null ? {} : { usage: usage.original }),
    };
  }

  function blockOf(event: JsonObject): Block | undefined {
    return blocks.get(Number(event['index'] ?? 0));
  }

  return {
    add(event) {
      switch (event['type']) {
        case 'message_start':
          if (isObject(event['message'])) startOf(event['message']);
          return chunkOf({});
        case 'content_block_start':
          return chunkOf(begin(Number(event['index'] ?? 0), isObject(event['content_block']) ? event['content_block'] : {}));
        case 'content_block_delta': {
          const block = blockOf(event);
          return block !== undefined && isObject(event['delta']) ? chunkOf(go(block, event['delta'])) : null;
        }
        case 'content_block_stop': {
          const block = blockOf(event);
          return block === undefined ? null : chunkOf(end(block));
        }
        case 'message_delta': {
          count(event['usage']);
          const told = isObject(event['delta']) ? event['delta'] : {};
          return textOf(told['stop_reason']) === undefined ? null : chunkOf(stop(told), true);
        }
        case 'message_stop':
          isComplete = true;
          return null;
        default:
          // `ping`, and what is not there yet.
          return null;
      }
    },
    addWhole(message) {
      startOf(message);
      const content = Array.isArray(message['content']) ? message['content'].filter(isObject) : [];
      for (const [index, start] of content.entries()) {
        begin(index, start);
        end(blocks.get(index) as Block);
      }
      stop(message);
      const { role: _role, ...whole } = wholeMessage();
      const delta = Object.fromEntries(Object.entries(whole).filter(([name, value]) => value !== null || name === 'content'));
      if (Array.isArray(delta['tool_calls']))
        delta['tool_calls'] = delta['tool_calls'].map((call: JsonObject, index) => ({ index, ...call }));
      return chunkOf(delta, true) as ChatChunk;
    },
    hasEnded: () => finish !== null,
    isComplete: () => isComplete,
    answer: () => ({
      choices: [{ index: 0, message: wholeMessage(), logprobs: null, ...facts, finish_reason: finish ?? 'stop' }],
      usage: usageOf(counts),
      upstreamId: id,
      extra: {},
    }),
  };

  function wholeMessage(): JsonObject {
    return {
      role: 'assistant',
      content: text === '' && (calls.length > 0 || refusal !== null) ? null : text,
      refusal,
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      ...(thinking.length === 0 ? {} : { thinking_blocks: thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
  }
}

/** A custom tool's text, out of the object that its input is on the wire. */
function freeText(json: string): string {
  try {
    const value = JSON.parse(json) as unknown;
    if (isObject(value) && typeof value['input'] === 'string') return value['input'];
  } catch {
    // Broken off: as it is.
  }
  return json;
}

/** Anthropic counts cached tokens beside the fresh ones, OpenAI among them. */
function usageOf(counts: JsonObject): ReportedUsage | null {
  const fresh = countOf(counts['input_tokens']);
  const output = countOf(counts['output_tokens']);
  if (fresh === undefined || output === undefined) return null;
  const written = countOf(counts['cache_creation_input_tokens']) ?? 0;
  const creation = isObject(counts['cache_creation']) ? counts['cache_creation'] : {};
  const writtenForAnHour = Math.min(countOf(creation['ephemeral_1h_input_tokens']) ?? 0, written);
  const read = countOf(counts['cache_read_input_tokens']) ?? 0;
  const details = isObject(counts['output_tokens_details']) ? counts['output_tokens_details'] : {};
  const thought = Math.min(countOf(details['thinking_tokens']) ?? 0, output);
  const input = fresh + written + read;
  const { input_tokens: _input, output_tokens: _output, output_tokens_details: _details, ...others } = counts;
  return {
    usage: {
      ...NO_USAGE,
      inputTokens: input,
      cachedInputTokens: read,
      ...(written > 0 ? { cacheWriteInputTokens: written } : {}),
      ...(writtenForAnHour > 0 ? { cacheWrite1hInputTokens: writtenForAnHour } : {}),
      outputTokens: output,
      reasoningTokens: thought,
    },
    original: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
      completion_tokens_details: { reasoning_tokens: thought },
      ...others,
    },
  };
}
