import type { ChatInput, ChatMessage } from '../../../domain/task/generation';
import type { JsonObject } from '../shared/json';
import { lacksThinking, readMessages } from './messages';
import { readParams, thinkingStyle } from './params';
import { readTools, type Tools } from './tools';

/** What a chat is made of. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly params: Readonly<JsonObject>;
  readonly format?: ChatInput['format'];
  readonly options?: Readonly<JsonObject> | undefined;
  readonly maxOutputTokens?: number | undefined;
}

/** A request of `POST /v1/messages`. */
export interface MessagesRequest {
  readonly body: JsonObject;
  readonly betas: readonly string[];
  readonly tools: Tools;
}

/** The bound where neither the request nor the model has one: as in the configuration. */
const DEFAULT_MAX_TOKENS = 4_096;

/** @throws AppError `unsupported_parameter` for content that Claude has no place for */
export function messagesRequest(request: ChatRequest, version: string, style?: 'adaptive' | 'budget'): MessagesRequest {
  const { tools, read } = readAll(request, version, style);
  const { system, messages } = readMessages(request.messages);
  return {
    body: { model: request.model, ...read.fields, ...(system.length === 0 ? {} : { system }), messages, ...tools.fields },
    betas: read.betas,
    tools,
  };
}

/** The parameters that the request above loses. */
export function droppedOfMessages(request: ChatRequest, version: string, style?: 'adaptive' | 'budget'): readonly string[] {
  return readAll(request, version, style).read.dropped;
}

function readAll(
  { model, messages, params, format, options = {}, maxOutputTokens = DEFAULT_MAX_TOKENS }: ChatRequest,
  version: string,
  style?: 'adaptive' | 'budget',
) {
  const tools = readTools({ ...options, ...params });
  const facts = {
    version,
    thinking: style ?? thinkingStyle(model),
    maxOutputTokens,
    isNative: format === 'anthropic',
    forcesTool: tools.forcesTool,
    lacksThinking: lacksThinking(messages),
  };
  return { tools, read: readParams(params, options, facts) };
}
