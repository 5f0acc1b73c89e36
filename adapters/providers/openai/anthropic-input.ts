import { createHash } from 'node:crypto';
import { SHARED_CHAT_PARAMS, type ChatInput, type ChatMessage } from '../../../domain/task/generation';
import { isObject, textOf, type JsonObject } from '../shared/json';

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
  const { tools, user, ...params } = input.params;
  const kept = Array.isArray(tools) ? tools.filter(isObject).filter(isKnownTool).map(withoutCacheMark) : [];
  const shared = Object.entries(params).filter(([name]) => SHARED_CHAT_PARAMS.has(name));
  const choice = kept.length === 0 ? new Set(['tool_choice', 'parallel_tool_calls']) : new Set<string>();
  return {
    messages: input.messages.map(wireMessage),
    params: {
      ...Object.fromEntries(shared.filter(([name]) => !choice.has(name))),
      ...(kept.length === 0 ? {} : { tools: kept }),
      ...(typeof user === 'string' ? { user: boundedUser(user) } : {}),
    },
  };
}

/** The tools that Anthropic defines, which no other server knows: `tools.web_search`. */
export function droppedTools({ format, params: { tools } }: ChatInput): readonly string[] {
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
