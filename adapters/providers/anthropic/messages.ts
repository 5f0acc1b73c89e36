import { AppError } from '../../../domain/errors';
import { readJsonExactly } from '../../../domain/large-integers';
import type { ChatMessage } from '../../../domain/task/generation';
import { isObject, textOf, type JsonObject } from '../shared/json';
import { wireId, wireName } from './tools';

/** A conversation in Anthropic's shape. */
export interface Conversation {
  /** Text blocks. */
  readonly system: readonly JsonObject[];
  readonly messages: readonly { readonly role: string; readonly content: readonly JsonObject[] }[];
}

interface Turn {
  readonly role: 'user' | 'assistant';
  /** Results of tools go before everything else. */
  readonly results: JsonObject[];
  readonly blocks: JsonObject[];
}

/** Blocks of Anthropic's own that travel as they are. */
const OWN_BLOCKS = new Set(['image', 'document', 'search_result', 'tool_reference', 'container_upload']);
const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
/** The first turn must be a user's. */
const OPENING = { type: 'text', text: '.' };

/**
 * System and developer messages go before the conversation; turns of one role become one; the results of a turn's tools stand together, at
 * the beginning of the next turn; thinking comes back first. Empty texts are left out: they are refused.
 * @throws AppError `unsupported_parameter` for content that Claude has no place for
 */
export function readMessages(messages: readonly ChatMessage[]): Conversation {
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  const turnOf = (role: Turn['role']): Turn => {
    const last = turns.at(-1);
    if (last?.role === role) return last;
    const turn: Turn = { role, results: [], blocks: [] };
    turns.push(turn);
    return turn;
  };
  messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.role === 'system' || message.role === 'developer') system.push(...marked(readContent(message.content, path), message));
    else if (message.role === 'tool' || message.role === 'function') turnOf('user').results.push(readResult(message, path));
    else if (message.role === 'assistant') turnOf('assistant').blocks.push(...marked(readAnswer(message, path), message));
    else turnOf('user').blocks.push(...marked(readContent(message.content, path), message));
  });
  const said = turns
    .map(({ role, results, blocks }) => ({ role, content: [...results, ...blocks] }))
    .filter(({ content }) => content.length > 0);
  // Instructions alone are what is asked.
  if (said.length === 0) return { system: [], messages: [{ role: 'user', content: system.length > 0 ? system : [OPENING] }] };
  const last = said.at(-1);
  if (last?.role === 'assistant') trimEnd(last.content);
  return { system, messages: said[0]?.role === 'assistant' ? [{ role: 'user', content: [OPENING] }, ...said] : said };
}

/** True when the answer goes on after tool calls whose thinking was not given back. */
export function lacksThinking(messages: readonly ChatMessage[]): boolean {
  const since = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1);
  const calls = since.find(({ role, tool_calls: made }) => role === 'assistant' && Array.isArray(made) && made.length > 0);
  return calls !== undefined && !(Array.isArray(calls['thinking_blocks']) && calls['thinking_blocks'].length > 0);
}

/** The mark for the cache may stand on a message: it is its last block's. */
function marked(blocks: JsonObject[], message: ChatMessage): readonly JsonObject[] {
  const mark = message['cache_control'];
  const last = blocks.at(-1);
  return isObject(mark) && last !== undefined ? [...blocks.slice(0, -1), { ...last, cache_control: mark }] : blocks;
}

function readAnswer(message: ChatMessage, path: string): JsonObject[] {
  const thinking = Array.isArray(message['thinking_blocks']) ? message['thinking_blocks'].filter(isObject) : [];
  const text = readContent(message.content, path);
  const refusal = text.length === 0 ? textBlocks(message['refusal']) : [];
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'].filter(isObject) : [];
  const older = isObject(message['function_call']) ? [{ id: olderId(message['function_call']), function: message['function_call'] }] : [];
  // A signature vouches for thinking: without one it is refused.
  const vouched = thinking.filter(({ type, signature }) => type === 'redacted_thinking' || (type === 'thinking' && signature !== ''));
  return [...vouched.map(withoutIndex), ...text, ...refusal, ...[...calls, ...older].map(readCall)];
}

function withoutIndex({ index: _index, ...block }: JsonObject): JsonObject {
  return block;
}

function readCall(call: JsonObject): JsonObject {
  const custom = isObject(call['custom']) ? call['custom'] : undefined;
  const named = custom ?? (isObject(call['function']) ? call['function'] : {});
  return {
    type: 'tool_use',
    id: wireId(textOf(call['id']) ?? ''),
    name: wireName(textOf(named['name']) ?? ''),
    input: custom === undefined ? inputOf(named['arguments']) : { input: custom['input'] ?? '' },
    ...(isObject(call['cache_control']) ? { cache_control: call['cache_control'] } : {}),
  };
}

/** A call's input is an object; arguments that broke off are shown to the model as they are. */
function inputOf(given: unknown): JsonObject {
  if (isObject(given)) return given;
  const text = textOf(given) ?? '';
  if (text.trim() === '') return {};
  try {
    const value = readJsonExactly(text);
    if (isObject(value)) return value;
  } catch {
    // Shown below.
  }
  return { arguments: text };
}

function readResult(message: ChatMessage, path: string): JsonObject {
  const id = textOf(message['tool_call_id']);
  const content = readContent(message.content, path);
  return {
    type: 'tool_result',
    tool_use_id: id === undefined ? olderId(message) : wireId(id),
    ...(content.length === 0 ? {} : { content }),
    ...(message['is_error'] === true ? { is_error: true } : {}),
    ...(isObject(message['cache_control']) ? { cache_control: message['cache_control'] } : {}),
  };
}

/** The older form has no ids, and one call at a time. */
function olderId(named: Readonly<JsonObject>): string {
  return wireId(`call_${textOf(named['name']) ?? ''}`);
}

function readContent(content: unknown, path: string): JsonObject[] {
  if (!Array.isArray(content)) return textBlocks(content);
  return (content as unknown[]).flatMap((part, index) => {
    if (!isObject(part)) return textBlocks(part);
    const mark = isObject(part['cache_control']) ? { cache_control: part['cache_control'] } : {};
    return readPart(part, `${path}.content[${index}]`).map((block) => ({ ...block, ...mark }));
  });
}

function textBlocks(text: unknown): JsonObject[] {
  return typeof text === 'string' && text.trim() !== '' ? [{ type: 'text', text }] : [];
}

function readPart(part: JsonObject, path: string): JsonObject[] {
  const type = textOf(part['type']) ?? 'text';
  if (type === 'text' || type === 'input_text' || type === 'output_text') {
    const citations = Array.isArray(part['citations']) ? { citations: part['citations'] } : {};
    return textBlocks(part['text']).map((block) => ({ ...block, ...citations }));
  }
  if (type === 'refusal') return textBlocks(part['refusal']);
  if (type === 'image_url') return [{ type: 'image', source: imageSource(part['image_url'], path) }];
  if (type === 'file') return [readFile(isObject(part['file']) ? part['file'] : {}, path)];
  if (OWN_BLOCKS.has(type)) return [part];
  throw unsupported(path, `Claude has no place for a content part of type ${JSON.stringify(type)}. Send text, images or PDF files.`);
}

function imageSource(image: unknown, path: string): JsonObject {
  const url = textOf(isObject(image) ? image['url'] : image) ?? '';
  const data = readDataUrl(url);
  if (data === null) return { type: 'url', url };
  const mediaType = data.mediaType === 'image/jpg' ? 'image/jpeg' : data.mediaType;
  if (!IMAGE_TYPES.includes(mediaType)) {
    throw unsupported(`${path}.image_url.url`, `Claude takes images of the types ${IMAGE_TYPES.join(', ')}.`);
  }
  return { type: 'base64', media_type: mediaType, data: data.base64 };
}

function readFile(file: JsonObject, path: string): JsonObject {
  const filename = textOf(file['filename']);
  const title = filename === undefined ? {} : { title: filename };
  const id = textOf(file['file_id']);
  if (id !== undefined) return { type: 'document', source: { type: 'file', file_id: id }, ...title };
  const given = textOf(file['file_data']) ?? textOf(file['file_url']) ?? '';
  if (/^https?:/i.test(given)) return { type: 'document', source: { type: 'url', url: given }, ...title };
  const data = readDataUrl(given) ?? { mediaType: 'application/pdf', base64: given };
  if (data.mediaType === 'application/pdf') {
    return { type: 'document', source: { type: 'base64', media_type: data.mediaType, data: data.base64 }, ...title };
  }
  if (data.mediaType.startsWith('text/')) {
    const text = Buffer.from(data.base64, 'base64').toString('utf8');
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...title };
  }
  throw unsupported(`${path}.file.file_data`, 'Claude takes files that are PDF or plain text.');
}

function readDataUrl(url: string): { readonly mediaType: string; readonly base64: string } | null {
  if (url.slice(0, 5).toLowerCase() !== 'data:') return null;
  const comma = url.indexOf(',');
  const head = url.slice(5, comma).split(';');
  const data = url.slice(comma + 1);
  const isBase64 = head.slice(1).some((word) => word.trim().toLowerCase() === 'base64');
  const base64 = isBase64 ? data : Buffer.from(decodeURIComponent(data)).toString('base64');
  const mediaType = (head[0] ?? '').trim().toLowerCase();
  return { mediaType: mediaType === '' ? 'text/plain' : mediaType, base64 };
}

/** An answer that is begun must not end in white space. */
function trimEnd(blocks: JsonObject[]): void {
  const last = blocks.at(-1);
  if (last?.['type'] !== 'text' || typeof last['text'] !== 'string') return;
  blocks[blocks.length - 1] = { ...last, text: last['text'].trimEnd() };
}

function unsupported(param: string, message: string): AppError {
  return new AppError('unsupported_parameter', message, { param });
}
