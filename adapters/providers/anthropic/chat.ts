import { AppError } from '../../../domain/errors';
import { readJsonExactly, writeJson } from '../../../domain/large-integers';
import type { ChatAnswer, ChatCall, ChatChunk } from '../../../domain/provider/provider';
import type { Call, Connection } from '../shared/connection';
import { overflowOf } from '../shared/context-overflow';
import { createEventSink } from '../shared/event-sink';
import type { BodySink, HttpAnswer } from '../shared/exchange';
import { countOf, parseJson, requireObject, type JsonObject } from '../shared/json';
import { codeOfFault, errorOfFault, hasFault, readFault } from '../shared/provider-error';
import { retryAfterMs } from '../shared/retry-after';
import type { Effect } from '../shared/transport-error';
import { createMessageAnswer } from './answer';
import { messagesRequest, type MessagesRequest } from './request';
import { textCall } from '../shared/text-call';

/** One server that speaks Anthropic's wire format. */
export interface AnthropicConnection extends Connection {
  /** The value of `anthropic-version`. */
  readonly version: string;
  /** How all its models are told to think; undefined: each as its name says. */
  readonly thinking: 'adaptive' | 'budget' | undefined;
  /** Beta features that the operator switched on. */
  readonly betas: readonly string[];
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** One chat call, streamed when somebody listens. */
export async function chat(connection: AnthropicConnection, call: ChatCall): Promise<ChatAnswer> {
  const request = requestOf(connection, call);
  const answer = createMessageAnswer(request.tools);
  const isStream = call.onChunk !== undefined;
  const handOn = (chunk: ChatChunk | null): void | Promise<void> => (chunk === null ? undefined : call.onChunk?.(chunk));
  const events = createEventSink((event) => {
    throwIfFailed(connection, event);
    return handOn(answer.add(event));
  });
  const sink: BodySink = { ...events, write: (piece) => endsWith(events.write(piece), answer.isComplete()) };
  try {
    await connection.send(
      post(call, 'v1/messages', connection, request, isStream ? { ...request.body, stream: true } : request.body, isStream),
      sink,
    );
    const whole = events.whole();
    if (whole !== null && whole.trim() !== '') await handOn(answer.addWhole(readWhole(connection, whole)));
    else if (!answer.hasEnded()) throw cutOff(connection, isStream);
    return answer.answer();
  } catch (error) {
    throw overflowOf(error);
  }
}

/** Counts the input tokens of a chat at the provider. */
export async function countTokens(connection: AnthropicConnection, call: Omit<ChatCall, 'onChunk'>): Promise<number> {
  const request = requestOf(connection, call);
  const body = Object.fromEntries(Object.entries(request.body).filter(([name]) => COUNTED.has(name)));
  const answer = await connection.send(post(call, 'v1/messages/count_tokens', connection, request, body, false));
  const count = countOf(requireObject(answer.body, 'a count of tokens')['input_tokens']);
  if (count !== undefined) return count;
  throw new AppError('provider_bad_response', `Provider ${connection.name} answered a count of tokens without one.`);
}

/** What a count of tokens takes; everything else is refused there. */
const COUNTED = new Set(['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config', 'cache_control', 'speed']);

function requestOf(connection: AnthropicConnection, call: Omit<ChatCall, 'onChunk'>): MessagesRequest {
  const { model, options, maxOutputTokens, input } = call;
  return messagesRequest({ ...input, model, options, maxOutputTokens }, connection.version, connection.thinking);
}

function post(
  call: Omit<ChatCall, 'onChunk'>,
  path: string,
  connection: AnthropicConnection,
  { betas }: MessagesRequest,
  body: JsonObject,
  isStream: boolean,
): Call {
  const features = [...new Set([...connection.betas, ...betas])];
  return textCall(call, {
    path,
    body: writeJson(body),
    ...(features.length === 0 ? {} : { headers: { 'anthropic-beta': features.join(',') } }),
    isStream,
    maxBytes: MAX_ANSWER_BYTES,
  });
}

/** The connection may stay open after the last event. */
function endsWith(next: boolean | Promise<void>, isComplete: boolean): boolean | Promise<void> {
  return isComplete ? true : next;
}

function readWhole(connection: AnthropicConnection, text: string): JsonObject {
  const body = requireObject(text, 'a chat');
  // Some servers answer 200 and put the error into the body.
  throwIfFailed(connection, body);
  if (Array.isArray(body['content']) && typeof body['stop_reason'] === 'string') return readJsonExactly(text) as JsonObject;
  throw new AppError('provider_bad_response', `Provider ${connection.name} answered a chat without content or without its end.`);
}

/** The status that goes with an error's type: an error in a stream has only the type. */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** @throws AppError for an error in a successful answer */
function throwIfFailed(connection: AnthropicConnection, body: JsonObject): void {
  if (!hasFault(body)) return;
  const fault = readFault(body);
  const status = fault.codes.map((code) => STATUSES[code]).find((known) => known !== undefined) ?? 500;
  throw errorOfFault(codeOf(status, fault.codes, 'repeatable'), fault, `Provider ${connection.name} reported an error`, connection.secrets);
}

/** The error of an answer whose status says that it failed. */
export function errorOf(answer: HttpAnswer, effect: Effect, providerName: string, secrets: readonly string[]): AppError {
  const fault = readFault(parseJson(answer.body));
  const what = `Provider ${providerName} answered ${answer.status}`;
  // That an account is empty is said in words alone.
  const isEmpty = answer.status === 400 && /credit balance is too low/i.test(fault.message);
  const code = isEmpty ? 'provider_auth' : codeOf(answer.status, fault.codes, effect);
  return errorOfFault(code, fault, what, secrets, retryAfterMs(answer.headers, Date.now()));
}

/** A conflict is one of the moment: the request may be sent again. */
function codeOf(status: number, codes: readonly string[], effect: Effect): ReturnType<typeof codeOfFault> {
  return status === 409 ? 'provider_unavailable' : codeOfFault(status, codes, effect);
}

function cutOff(connection: AnthropicConnection, isStream: boolean): AppError {
  if (!isStream) return new AppError('provider_bad_response', `Provider ${connection.name} answered a chat with nothing.`);
  return new AppError('provider_unavailable', `Provider ${connection.name} ended the stream before the answer was complete.`);
}
