import { AppError, isAppError } from '../../../domain/errors';
import { writeJson } from '../../../domain/large-integers';
import type { ChatAnswer, ChatCall, ChatChunk } from '../../../domain/provider/provider';
import type { ChatInput } from '../../../domain/task/generation';
import { isGiven, isObject, requireObject, type JsonObject } from '../shared/json';
import { errorOfLateFault, hasFault, readFault } from '../shared/provider-error';
import { droppedTools, wireInput } from '../shared/anthropic-input';
import { createCompletion } from './completion';
import { finishReasonOf } from './completion/finish-reason';
import type { Call } from '../shared/connection';
import type { OpenAiConnection } from './connection';
import { applyToMessages, applyToParams, applyToTools, type Quirks } from './quirks';
import { createReasoningReader } from './reasoning';
import { overflowOf } from '../shared/context-overflow';
import { createEventSink } from '../shared/event-sink';
import { textCall } from '../shared/text-call';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** One chat call, streamed when somebody listens. Whether it streams or not, a server may answer in the other way. */
export async function chat(connection: OpenAiConnection, call: ChatCall): Promise<ChatAnswer> {
  try {
    return await askForUsage(connection, call);
  } catch (error) {
    throw overflowOf(error);
  }
}

async function askForUsage(connection: OpenAiConnection, call: ChatCall): Promise<ChatAnswer> {
  const isStream = call.onChunk !== undefined || applyToParams(connection.quirks, call.model, {}).isStreamOnly;
  if (!isStream || !connection.asksStreamUsage(call.model)) return ask(connection, call, isStream ? { stream: true } : {});
  try {
    return await ask(connection, call, { stream: true, stream_options: { include_usage: true } });
  } catch (error) {
    // A refusal costs nothing, so it may be asked once more.
    if (!isRefusalOfStreamOptions(error)) throw error;
    connection.leaveOutStreamUsage(call.model);
    return ask(connection, call, { stream: true });
  }
}

async function ask(connection: OpenAiConnection, call: ChatCall, options: JsonObject): Promise<ChatAnswer> {
  const completion = createCompletion();
  const handOn = (chunk: ChatChunk | null): void | Promise<void> => (chunk === null ? undefined : call.onChunk?.(chunk));
  const reasoning = createReasoningReader(connection.quirks);
  const sink = createEventSink((chunk) => {
    throwIfFailed(connection, chunk);
    reasoning.read(chunk);
    return handOn(completion.add(chunk));
  });
  await connection.send(request(call, { ...bodyOf(connection.quirks, call), ...options }), sink);
  const whole = sink.whole();
  if (whole?.trim() === '' && call.onChunk !== undefined) throw cutOff(connection);
  if (whole !== null) {
    const body = readWhole(connection, whole);
    reasoning.read(body);
    await handOn(completion.addWhole(body));
  } else if (!sink.isDone() && !completion.isFinished()) throw cutOff(connection);
  if (!completion.hasChoices()) {
    throw new AppError('provider_bad_response', `Provider ${connection.name} streamed an answer without choices.`);
  }
  await handOn(completion.close());
  return completion.answer();
}

function bodyOf(quirks: Quirks, { model, options, input }: ChatCall): JsonObject {
  // Another gateway knows what only Anthropic's format has.
  const given = quirks.name === 'none' ? input : wireInput(input);
  const { params, schema } = applyToParams(quirks, model, { ...options, ...given.params });
  const tools = applyToTools(quirks, params['tools']);
  return { ...params, ...(tools === undefined ? {} : { tools }), model, messages: applyToMessages(quirks, given.messages, schema) };
}

/** The parameters of a chat that the body above leaves out, or has in another form. */
export function droppedOfChat(quirks: Quirks, model: string, input: ChatInput): readonly string[] {
  const given = quirks.name === 'none' ? input : wireInput(input);
  const unknown = Object.keys(input.params).filter((name) => isGiven(input.params[name]) && !isGiven(given.params[name]));
  const tools = given === input ? [] : droppedTools(input);
  return [...unknown, ...tools, ...applyToParams(quirks, model, given.params).dropped];
}

function request(call: ChatCall, body: JsonObject): Call {
  const isStream = body['stream'] === true;
  return textCall(call, { path: 'chat/completions', body: writeJson(body), isStream, maxBytes: MAX_ANSWER_BYTES });
}

function readWhole(connection: OpenAiConnection, text: string): JsonObject {
  const body = requireObject(text, 'a chat');
  // Some servers answer 200 and put the error into the body.
  throwIfFailed(connection, body);
  const choices = body['choices'];
  if (Array.isArray(choices) && choices.length > 0 && choices.every(isObject)) return body;
  throw new AppError('provider_bad_response', `Provider ${connection.name} answered a chat without choices.`);
}

/** @throws AppError for an error in a successful answer: of the whole, of a choice, or told by a finish reason alone */
function throwIfFailed(connection: OpenAiConnection, body: JsonObject): void {
  if (hasFault(body) || body['object'] === 'error') throw failure(connection, body);
  const choices = body['choices'];
  if (!Array.isArray(choices)) return;
  for (const choice of choices as unknown[]) {
    if (!isObject(choice)) continue;
    if (hasFault(choice) || finishReasonOf(choice['finish_reason']) === 'error') throw failure(connection, choice);
  }
}

function failure(connection: OpenAiConnection, body: JsonObject): AppError {
  return errorOfLateFault(readFault(body), `Provider ${connection.name} reported an error`, connection.secrets);
}

function cutOff(connection: OpenAiConnection): AppError {
  return new AppError('provider_unavailable', `Provider ${connection.name} ended the stream before the answer was complete.`);
}

function isRefusalOfStreamOptions(error: unknown): boolean {
  if (!isAppError(error) || error.code !== 'provider_rejected') return false;
  return /stream_options|include_usage/.test(`${error.facts.param ?? ''} ${error.facts.providerMessage ?? ''}`);
}
