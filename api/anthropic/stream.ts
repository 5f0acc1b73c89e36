import type { ChatChunk } from '../../domain/provider/provider';
import type { StreamEvent } from '../http/sse';
import type { AnswerFacts } from '../openai/text-answer';
import type { AnswerWriter } from '../openai/text-stream';
import { choiceOf, countsOf, messageFrame, reasoningIn, stopOf, stringOf, textIn, thinkingOf, usageOf, type Block } from './answer';

type Fields = Readonly<Record<string, unknown>>;

/** What a stream must know of its request. */
export interface MessageStream extends AnswerFacts {
  /** Our count: what is told before the provider says its own with the end. */
  readonly inputTokens: number;
  readonly stopSequences: readonly string[];
}

/** A tool call while it comes. */
interface Call {
  readonly place: number;
  id: string;
  name: string;
  /** Not yet told. */
  waiting: string;
  /** All its arguments so far. */
  all: string;
  state: 'waiting' | 'open' | 'closed';
}

interface OpenBlock {
  readonly type: string;
  /** The thinking that was told of it. */
  told: string;
}

const PING: StreamEvent = { event: 'ping', data: '{"type":"ping"}' };

/**
 * Words the chunks of a chat as the events of a message: blocks one after the other, each begun, told in pieces and ended. Calls of tools
 * whose pieces come mixed are told one after the other too.
 */
export function createMessageEvents({ taskId, model, inputTokens, stopSequences }: MessageStream): AnswerWriter {
  const calls: Call[] = [];
  let events: StreamEvent[] = [];
  let servedBy = model;
  let hasBegun = false;
  let index = -1;
  let open: OpenBlock | null = null;
  /** What came amid the arguments of a call: told behind the calls. */
  const later: (() => void)[] = [];

  function tell(type: string, fields: Fields): void {
    events.push({ event: type, data: JSON.stringify({ type, ...fields }) });
  }

  function begin(): void {
    if (hasBegun) return;
    hasBegun = true;
    tell('message_start', { message: { ...messageFrame(taskId, servedBy), usage: countsOf(inputTokens, 0) } });
  }

  function start(block: Block): OpenBlock {
    stop();
    index += 1;
    tell('content_block_start', { index, content_block: block });
    open = { type: block.type, told: '' };
    return open;
  }

  function stop(): void {
    if (open === null) return;
    tell('content_block_stop', { index });
    for (const call of calls) if (call.state === 'open') call.state = 'closed';
    open = null;
  }

  function tellDelta(delta: Fields): void {
    tell('content_block_delta', { index, delta });
  }

  function say(text: string): void {
    if (text === '') return;
    if (isAmid(() => say(text))) return;
    if (open?.type !== 'text') start({ type: 'text', text: '', citations: null });
    tellDelta({ type: 'text_delta', text });
  }

  function think(thinking: string): void {
    if (thinking === '' || isAmid(() => think(thinking))) return;
    const block = open?.type === 'thinking' ? open : start({ type: 'thinking', thinking: '', signature: '' });
    block.told += thinking;
    tellDelta({ type: 'thinking_delta', thinking });
  }

  /** A block that comes whole, after the pieces of its thinking or in their place. */
  function seal(block: Block): void {
    if (isAmid(() => seal(block))) return;
    if (block.type === 'redacted_thinking') {
      start(block);
      stop();
      return;
    }
    const [thinking, signature] = [stringOf(block['thinking']), stringOf(block['signature'])];
    const told = open?.type === 'thinking' ? open.told : '';
    think(told !== '' && thinking.startsWith(told) ? thinking.slice(told.length) : thinking);
    if (signature === '') return;
    if (open?.type !== 'thinking') start({ type: 'thinking', thinking: '', signature: '' });
    tellDelta({ type: 'signature_delta', signature });
    stop();
  }

  function addCall(piece: Fields): void {
    const place = typeof piece['index'] === 'number' ? piece['index'] : calls.length;
    const named = (piece['function'] ?? piece['custom'] ?? {}) as Fields;
    let call = calls.find((candidate) => candidate.place === place);
    if (call === undefined) calls.push((call = { place, id: '', name: '', waiting: '', all: '', state: 'waiting' }));
    call.id ||= stringOf(piece['id']);
    call.name ||= stringOf(named['name']);
    const added = stringOf(named['arguments'] ?? named['input']);
    call.waiting += added;
    call.all += added;
    tellCalls(false);
  }

  /** Tells of the calls in their order; a later one waits until the arguments of the one before are complete, or the answer ends. */
  function tellCalls(isEnd: boolean): void {
    for (const call of calls) {
      if (call.state === 'closed') continue;
      if (call.state === 'waiting') {
        if (open?.type === 'tool_use' && !isEnd && !isOpenComplete()) return;
        start({ type: 'tool_use', id: call.id, name: call.name, input: {} });
        call.state = 'open';
      }
      if (call.waiting !== '') tellDelta({ type: 'input_json_delta', partial_json: call.waiting });
      call.waiting = '';
    }
  }

  /** True while the arguments of a call are not whole: what comes is told later. */
  function isAmid(tell: () => void): boolean {
    if (open?.type !== 'tool_use' || isOpenComplete()) return false;
    later.push(tell);
    return true;
  }

  function isOpenComplete(): boolean {
    const current = calls.find(({ state }) => state === 'open');
    if (current === undefined) return true;
    try {
      JSON.parse(current.all);
      return true;
    } catch {
      return false;
    }
  }

  function take(): readonly StreamEvent[] {
    const taken = events;
    events = [];
    return taken;
  }

  return {
    ping: PING,
    failureEvent: 'error',
    served(name) {
      servedBy = name;
    },
    onChunk(chunk: ChatChunk) {
      begin();
      for (const { index: choice, delta } of chunk.choices) {
        if (choice !== 0) continue;
        const sealed = thinkingOf(delta['thinking_blocks']);
        if (sealed.length > 0) sealed.forEach(seal);
        else think(reasoningIn(delta));
        say(textIn(delta['content']));
        say(stringOf(delta['refusal']));
        const pieces = delta['tool_calls'];
        if (Array.isArray(pieces)) (pieces as readonly Fields[]).forEach(addCall);
      }
      return take();
    },
    onEnd(body) {
      begin();
      tellCalls(true);
      stop();
      for (const tellLater of later) tellLater();
      stop();
      const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens_details, server_tool_use } =
        usageOf(body);
      tell('message_delta', {
        delta: { ...stopOf(choiceOf(body), stopSequences), container: null },
        usage: {
          input_tokens,
          output_tokens,
          cache_creation_input_tokens,
          cache_read_input_tokens,
          output_tokens_details,
          server_tool_use,
        },
      });
      tell('message_stop', {});
      return take();
    },
  };
}
