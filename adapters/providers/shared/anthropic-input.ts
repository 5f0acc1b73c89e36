import { createHash } from 'node:crypto';
import { SHARED_CHAT_PARAMS, type ChatInput, type ChatMessage } from '../../../domain/task/generation';
import { isObject, textOf, type JsonObject } from './json';

/** What a request's messages and parameters are on the wire. */
export type WireInput = Pick<ChatInput, 'messages' | 'params'>;

/** OpenAI's bound of `user`; the ids that Claude Code sends are longer. */
const MOST_USER_CHARACTERS = 64;
/** The type of a tool that Anthropic defines: `web_search_20250305`. */
const ANTHROPIC_TOOL = /_\d{8}$/;

/**
 * A chat as a server of OpenAI's format takes it. What only Anthropic's format knows is left out of one that came in it, because strict
 * servers refuse fields that they do not know: marks for the cache, signed thinking, tools that Anthropic defines, and parameters beside
 * the shared ones. That a tool failed is said in words. Any other chat goes as it came.
 */
export function wireInput(input: ChatInput): WireInput {
  if (input.format !== 'anthropic') return input;
  const { user, ...params } = withoutAnthropicTools(input);
  return {
    messages: input.messages.map(wireMessage),
    params: {
      ...Object.fromEntries(Object.entries(params).filter(([name]) => SHARED_CHAT_PARAMS.has(name))),
      ...(typeof user === 'string' ? { user: boundedUser(user) } : {}),
    },
  };
}

/**
 * The parameters of a chat without the tools that Anthropic defines, when it came in Anthropic's format; nor a choice that only they
 * would serve.
 */
export function withoutAnthropicTools({ format, params }: Pick<ChatInput, 'format' | 'params'>): ChatInput['params'] {
  const listed: unknown = params['tools'];
  if (format !== 'anthropic') return params;
  const { tools: _tools, tool_choice: choice, parallel_tool_calls: parallel, ...others } = params;
  const tools = Array.isArray(listed) ? listed.filter(isObject) : [];
  const kept = tools.filter(isKnownTool).map(withoutCacheMark);
  if (kept.length === 0) return others;
  const isChoiceKept = choice !== undefined && !tools.some((tool) => !isKnownTool(tool) && tool['name'] === chosenName(choice));
  return {
    ...others,
    tools: kept,
    ...(isChoiceKept ? { tool_choice: choice } : {}),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
  };
}

function chosenName(choice: unknown): string | undefined {
  const called = isObject(choice) ? choice['function'] : undefined;
  return isObject(called) ? textOf(called['name']) : undefined;
}

/** The tools that Anthropic defines, which no other server knows: `tools.web_search`. */
export function droppedTools({ format, params: { tools } }: Pick<ChatInput, 'format' | 'params'>): readonly string[] {
  if (format !== 'anthropic' || !Array.isArray(tools)) return [];
  const own = tools.filter(isObject).filter((tool) => !isKnownTool(tool));
  return own.map((tool) => `tools.${textOf(tool['name']) ?? ''}`);
}

function isKnownTool(tool: JsonObject): boolean {
  return tool['type'] === 'function' || !ANTHROPIC_TOOL.test(textOf(tool['type']) ?? '');
}

function wireMessage({ cache_control: _mark, thinking_blocks: _thinking, is_error: isError, ...message }: ChatMessage): ChatMessage {
  const { content, tool_calls: calls } = message;
  const shown = Array.isArray(content) ? wireContent(content) : content;
  return {
    ...message,
    role: message.role,
    ...(shown === undefined ? {} : { content: isError === true ? failed(shown) : shown }),
    ...(Array.isArray(calls) ? { tool_calls: calls.map((call: unknown) => (isObject(call) ? withoutCacheMark(call) : call)) } : {}),
  };
}

/** Texts alone become one: some servers take no list. */
function wireContent(parts: readonly unknown[]): unknown {
  const kept = parts.map((part) => (isObject(part) ? withoutCacheMark(part) : part));
  const texts = kept.map((part) => (isObject(part) && part['type'] === 'text' ? textOf(part['text']) : undefined));
  return texts.includes(undefined) ? kept : texts.join('\n\n');
}

function withoutCacheMark({ cache_control: _mark, ...others }: JsonObject): JsonObject {
  return others;
}

function failed(content: unknown): unknown {
  if (typeof content === 'string') return /^\s*\W*error/i.test(content) ? content : `Error: ${content}`;
  return Array.isArray(content) ? [{ type: 'text', text: 'Error:' }, ...(content as unknown[])] : content;
}

/** A longer id becomes a digest: the same user is still the same. */
function boundedUser(user: string): string {
  return user.length <= MOST_USER_CHARACTERS ? user : createHash('sha256').update(user).digest('hex');
}
