import { AppError } from '../../../domain/errors';
import type { ChatAnswer, ChatCall, ChatChunk } from '../../../domain/provider/provider';
import { isObject, requireObject, textOf, type JsonObject } from '../shared/json';
import { errorOfLateFault, readFault } from '../shared/provider-error';
import { createChatAssembler, type ChatAssembler } from './chat-assembler';
import { repairChoice, repairChunk } from './chat-repair';
import type { Call, Connection } from './connection';
import { createEventSink } from './event-sink';
import { tokenUsage } from './usage';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** One chat call, streamed when somebody listens. */
export async function chat(connection: Connection, call: ChatCall): Promise<ChatAnswer> {
  return call.onChunk === undefined ? chatAtOnce(connection, call) : chatStreamed(connection, call, call.onChunk);
}

async function chatAtOnce(connection: Connection, call: ChatCall): Promise<ChatAnswer> {
  const answer = await connection.send(request(call, { ...call.input.params, model: call.model, messages: call.input.messages }));
  return readCompletion(connection, answer.body);
}

async function chatStreamed(connection: Connection, call: ChatCall, onChunk: (chunk: ChatChunk) => void): Promise<ChatAnswer> {
  const assembler = createChatAssembler();
  const take = (chunk: JsonObject): void => {
    if (chunk['error'] !== undefined && chunk['error'] !== null) throw failure(connection, chunk);
    if (!Array.isArray(chunk['choices'])) {
      if (!isObject(chunk['usage'])) return;
      chunk['choices'] = [];
    }
    repairChunk(chunk);
    assembler.add(chunk);
    onChunk(chunk as unknown as ChatChunk);
  };
  const sink = createEventSink(take);
  const answer = await connection.send(
    request(call, {
      ...call.input.params,
      model: call.model,
      messages: call.input.messages,
      stream: true,
      stream_options: { include_usage: true },
    }),
    sink,
  );
  if (answer.body !== '') return replayAsChunks(readCompletion(connection, answer.body), take, assembler);
  if (!sink.isDone() && !assembler.isFinished()) {
    throw new AppError('provider_unavailable', `Provider ${connection.name} ended the stream before the answer was complete.`);
  }
  const assembled = assembler.answer();
  if (assembled.choices.length > 0) return assembled;
  throw new AppError('provider_bad_response', `Provider ${connection.name} streamed an answer without choices.`);
}

function request(call: ChatCall, body: JsonObject): Call {
  return {
    method: 'POST',
    path: 'chat/completions',
    body: JSON.stringify(body),
    operationKey: call.operationKey,
    signal: call.signal,
    firstByteMs: call.timeouts.firstByteMs,
    totalMs: call.timeouts.totalMs,
    effect: 'repeatable',
    maxBytes: MAX_ANSWER_BYTES,
  };
}

function readCompletion(connection: Connection, text: string): ChatAnswer {
  const body = requireObject(text, 'a chat');
  const choices = body['choices'];
  if (Array.isArray(choices) && choices.length > 0 && choices.every(isObject)) {
    choices.forEach(repairChoice);
    return { choices, usage: tokenUsage(body['usage']), upstreamId: textOf(body['id']) ?? null, extra: extraOf(body) };
  }
  // Some servers answer 200 and put the error into the body.
  if (isObject(body['error'])) throw failure(connection, body);
  throw new AppError('provider_bad_response', `Provider ${connection.name} answered a chat without choices.`);
}

function extraOf(body: JsonObject): JsonObject {
  const extra: JsonObject = {};
  if (body['system_fingerprint'] !== undefined) extra['system_fingerprint'] = body['system_fingerprint'];
  if (body['service_tier'] !== undefined) extra['service_tier'] = body['service_tier'];
  return extra;
}

function failure(connection: Connection, body: JsonObject): AppError {
  return errorOfLateFault(readFault(body), `Provider ${connection.name} reported an error`, connection.secrets);
}

/** A server that does not stream answers whole: the listener gets it in one piece. */
function replayAsChunks(answer: ChatAnswer, take: (chunk: JsonObject) => void, assembler: ChatAssembler): ChatAnswer {
  for (const choice of answer.choices) {
    const { message, ...rest } = choice;
    take({ id: answer.upstreamId, ...answer.extra, choices: [{ ...rest, delta: message }] });
  }
  take({ choices: [], usage: answer.usage?.original ?? null });
  return { ...assembler.answer(), choices: answer.choices, upstreamId: answer.upstreamId };
}
