import type { ChatMessage } from '../../../domain/task/generation';
import type { InputItem } from './schema';

type Fields = Readonly<Record<string, unknown>>;

/** A message under construction: calls and reasoning that follow one another are one turn of the assistant. */
type Turn = { role: string; content?: unknown; [key: string]: unknown };

/** The items of a request as messages of a chat. */
export interface ChatMessages {
  readonly messages: readonly ChatMessage[];
  /** Kinds of items and parts that are left out, by the name under which the answer says so. */
  readonly dropped: readonly string[];
}

/** Marks reasoning that clients which keep nothing here send back to us, as `encrypted_content`. */
const OPAQUE = 'atelier1.';

/** Reasoning as clients send it back unread. */
export function sealReasoning(text: string): string {
  return OPAQUE + Buffer.from(text).toString('base64url');
}

/** The messages of a text or of items, in their order. */
export function messagesOf(input: string | readonly InputItem[]): ChatMessages {
  if (typeof input === 'string') return { messages: [{ role: 'user', content: input }], dropped: [] };
  const messages: Turn[] = [];
  const dropped = new Set<string>();
  let reasoning = '';
  let images: Fields[] = [];

  /** Results of tools are texts in a chat: their images follow as the user's, once all results of the turn are there. */
  function flushImages(): void {
    if (images.length > 0) messages.push({ role: 'user', content: [{ type: 'text', text: 'Images that the tools returned:' }, ...images] });
    images = [];
  }

  function assistantTurn(isOpen: (turn: Turn) => boolean): Turn {
    flushImages();
    const last = messages.at(-1);
    const turn: Turn = last?.role === 'assistant' && isOpen(last) ? last : { role: 'assistant', content: null };
    if (turn !== last) messages.push(turn);
    if (reasoning !== '') turn['reasoning_content'] = reasoning;
    reasoning = '';
    return turn;
  }

  function addCall(id: unknown, name: unknown, args: string): void {
    const turn = assistantTurn(() => true);
    const calls = (turn['tool_calls'] ?? []) as Fields[];
    turn['tool_calls'] = [...calls, { id, type: 'function', function: { name, arguments: args } }];
  }

  function addResult(id: unknown, output: unknown): void {
    const parts = partsOf(output, dropped);
    images.push(...parts.filter(({ type }) => type !== 'text'));
    messages.push({ role: 'tool', tool_call_id: id, content: textOf(parts) });
  }

  for (const item of input) {
    const type = item.type ?? 'message';
    switch (type) {
      case 'message':
        if (item['role'] === 'assistant') {
          const turn = assistantTurn((last) => last.content === null && reasoning === '');
          Object.assign(turn, answerOf(item['content'], dropped));
        } else {
          flushImages();
          messages.push({ role: String(item['role']), content: contentOf(partsOf(item['content'], dropped)) });
        }
        break;
      case 'reasoning':
        reasoning = [reasoning, reasoningOf(item)].filter((text) => text !== '').join('\n');
        break;
      case 'function_call':
        addCall(item['call_id'], item['name'], String(item['arguments']));
        break;
      case 'custom_tool_call':
        addCall(item['call_id'], item['name'], JSON.stringify({ input: item['input'] }));
        break;
      case 'local_shell_call':
        addCall(item['call_id'], 'local_shell', JSON.stringify(commandOf(item['action'] as Fields)));
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
      case 'local_shell_call_output':
        addResult(item['call_id'] ?? item['id'], item['output']);
        break;
      default:
        dropped.add(`input.${type}`);
    }
  }
  flushImages();
  return { messages, dropped: [...dropped] };
}

/** Parts as a chat has them. */
function partsOf(content: unknown, dropped: Set<string>): (Fields & { readonly type: string })[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (content as Fields[]).flatMap((part): (Fields & { readonly type: string })[] => {
    switch (part['type']) {
      case 'input_text':
      case 'output_text':
      case 'text':
        return [{ type: 'text', text: part['text'] }];
      case 'refusal':
        return [{ type: 'text', text: part['refusal'] }];
      case 'input_image': {
        const detail = part['detail'] ?? undefined;
        return [{ type: 'image_url', image_url: { url: part['image_url'], ...(detail === undefined ? {} : { detail }) } }];
      }
      case 'input_file': {
        const { type: _type, ...file } = part;
        return [{ type: 'file', file }];
      }
      case 'input_audio':
        return [{ type: 'input_audio', input_audio: part['input_audio'] }];
      default:
        dropped.add(`input.${String(part['type'])}`);
        return [];
    }
  });
}

/** One text is a text: servers read lists of parts only where there is something to list. */
function contentOf(parts: readonly Fields[]): unknown {
  const [first, ...others] = parts;
  return first?.['type'] === 'text' && others.length === 0 ? first['text'] : parts;
}

function textOf(parts: readonly Fields[]): string {
  return parts.flatMap((part) => (part['type'] === 'text' ? [String(part['text'])] : [])).join('\n');
}

function answerOf(content: unknown, dropped: Set<string>): Fields {
  if (typeof content === 'string') return { content };
  const all = content as Fields[];
  const refusals = all.filter((part) => part['type'] === 'refusal');
  const text = partsOf(
    all.filter((part) => part['type'] !== 'refusal'),
    dropped,
  )
    .map((part) => (part['type'] === 'text' ? String(part['text']) : ''))
    .join('');
  if (refusals.length === 0) return { content: text };
  return { content: text === '' ? null : text, refusal: refusals.map((part) => String(part['refusal'])).join('') };
}

function reasoningOf(item: Fields): string {
  const sealed = item['encrypted_content'];
  if (typeof sealed === 'string' && sealed.startsWith(OPAQUE)) return Buffer.from(sealed.slice(OPAQUE.length), 'base64url').toString();
  const parts = [item['content'], item['summary']].find((list) => Array.isArray(list) && list.length > 0) as Fields[] | undefined;
  return (parts ?? []).map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join('\n');
}

function commandOf({ command, working_directory, timeout_ms }: Fields): Fields {
  const isGiven = ([, value]: [string, unknown]): boolean => value !== undefined && value !== null;
  return Object.fromEntries(Object.entries({ command, working_directory, timeout_ms }).filter(isGiven));
}
