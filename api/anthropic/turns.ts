import { writeJson } from '../../domain/large-integers';
import type { ChatMessage } from '../../domain/task/generation';
import { present } from '../openai/params';
import type { AssistantBlock, DocumentBlock, ImageBlock, MessagesBody, ResultPart, SystemContent, UserBlock } from './schema';

type Fields = Readonly<Record<string, unknown>>;
type Part = Fields & { readonly type: string };

/** A message of a request as canonical ones. */
export interface Turn {
  readonly messages: readonly ChatMessage[];
  /** Types of blocks that no canonical message has a place for. */
  readonly unknown: readonly string[];
}

export function readTurn(message: MessagesBody['messages'][number]): Turn {
  if (message.role === 'system') return { messages: [systemMessage(message.content)], unknown: [] };
  return message.role === 'assistant' ? assistantTurn(message.content) : { messages: userMessages(message.content), unknown: [] };
}

export function systemMessage(content: SystemContent): ChatMessage {
  return { role: 'system', content: typeof content === 'string' ? content : contentOf(content.map(textPart)) };
}

/**
 * A turn of the user's: results of tools come first, each as a message of its own, as OpenAI's format wants them. Images and files
 * among the results follow in the user's message: a `tool` message has no place for them in most servers.
 */
function userMessages(content: string | readonly UserBlock[]): readonly ChatMessage[] {
  if (typeof content === 'string') return [{ role: 'user', content }];
  const results: ChatMessage[] = [];
  const parts: Part[] = [];
  const beside: Part[] = [];
  for (const block of content) {
    if (block.type !== 'tool_result') {
      parts.push(...partsOf(block));
      continue;
    }
    const { tool_use_id: id, content: result, is_error: isError, cache_control: cache } = block;
    const all = typeof result === 'string' ? [{ type: 'text', text: result }] : (result ?? []).flatMap(partsOf);
    const files = all.filter((part) => part.type !== 'text');
    const texts = all.filter((part) => part.type === 'text');
    if (files.length > 0) {
      beside.push({ type: 'text', text: `Of the result of the tool call ${id}:` }, ...files);
      texts.push({ type: 'text', text: texts.length === 0 ? 'See the next message.' : 'More of it is in the next message.' });
    }
    results.push({
      role: 'tool',
      tool_call_id: id,
      content: texts.length === 0 ? '' : contentOf(texts),
      ...(isError === true ? { is_error: true } : {}),
      ...present({ cache_control: cache }),
    });
  }
  const rest = [...beside, ...parts];
  return rest.length === 0 && results.length > 0 ? results : [...results, { role: 'user', content: contentOf(rest) }];
}

/** A turn of the model's, as it came from this surface before. */
function assistantTurn(content: string | readonly AssistantBlock[]): Turn {
  if (typeof content === 'string') return { messages: [{ role: 'assistant', content }], unknown: [] };
  const texts: Part[] = [];
  const calls: Fields[] = [];
  const thinking: Fields[] = [];
  const unknown: string[] = [];
  let unsigned = '';
  for (const block of content) {
    const { type, cache_control } = block;
    const cached = present({ cache_control });
    if (type === 'text') texts.push({ type, text: textOf(block['text']), ...cached });
    else if (type === 'tool_use') {
      const call = { name: block['name'], arguments: writeJson(block['input'] ?? {}) };
      calls.push({ id: block['id'], type: 'function', function: call, ...cached });
    } else if (type === 'redacted_thinking') thinking.push(block);
    else if (type === 'thinking' && typeof block['signature'] === 'string' && block['signature'] !== '') thinking.push(block);
    else if (type === 'thinking') unsigned += textOf(block['thinking']);
    else unknown.push(type);
  }
  const message = {
    role: 'assistant',
    content: texts.length === 0 ? null : contentOf(texts),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(thinking.length === 0 ? {} : { thinking_blocks: thinking }),
    // Without a signature it is of a model of another family, which may want it back.
    ...(unsigned === '' ? {} : { reasoning_content: unsigned }),
  };
  return { messages: [message], unknown };
}

function partsOf(block: ResultPart): readonly Part[] {
  switch (block.type) {
    case 'text':
      return [textPart(block)];
    case 'image':
      return [imagePart(block)];
    case 'document':
      return documentParts(block);
    case 'search_result': {
      const text = block.content.map((part) => part.text).join('\n');
      return [{ type: 'text', text: `${block.title} (${block.source})\n${text}`, ...present({ cache_control: block['cache_control'] }) }];
    }
  }
}

function textPart({ text, cache_control }: Fields & { readonly text: string }): Part {
  return { type: 'text', text, ...present({ cache_control }) };
}

function imagePart({ source, cache_control }: ImageBlock): Part {
  const url = source.type === 'base64' ? `data:${source.media_type};base64,${source.data}` : source.type === 'url' ? source.url : '';
  return { type: 'image_url', image_url: { url }, ...present({ cache_control }) };
}

function documentParts({ source, title, context, cache_control }: DocumentBlock): readonly Part[] {
  const cached = present({ cache_control });
  const head = [title, context].filter((line) => line !== undefined && line !== null && line !== '').join('\n');
  const named = head === '' ? [] : [{ type: 'text', text: head }];
  switch (source.type) {
    case 'text':
      return [{ type: 'text', text: head === '' ? source.data : `${head}\n\n${source.data}`, ...cached }];
    case 'content': {
      const { content } = source;
      return [...named, ...(typeof content === 'string' ? [{ type: 'text', text: content }] : content.flatMap(partsOf))];
    }
    case 'base64': {
      const file = { filename: filenameOf(title), file_data: `data:application/pdf;base64,${source.data}` };
      return [
        ...(typeof context === 'string' && context !== '' ? [{ type: 'text', text: context }] : []),
        { type: 'file', file, ...cached },
      ];
    }
    case 'url':
      return [...named, { type: 'file', file: { filename: filenameOf(title), file_data: source.url }, ...cached }];
    case 'file':
      return [];
  }
}

function filenameOf(title: string | null | undefined): string {
  if (title === undefined || title === null || title === '') return 'document.pdf';
  return /\.pdf$/i.test(title) ? title : `${title}.pdf`;
}

/** A single text is a string: every server reads that. */
function contentOf(parts: readonly Part[]): string | readonly Part[] {
  const [first, ...others] = parts;
  if (first === undefined) return '';
  return others.length === 0 && first.type === 'text' && Object.keys(first).length === 2 ? textOf(first['text']) : parts;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
