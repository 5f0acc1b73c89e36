import { AppError } from '../../../domain/errors';
import { writeJson } from '../../../domain/large-integers';
import type { ChatAnswer, ChatCall } from '../../../domain/provider/provider';
import { overflowOf } from '../shared/context-overflow';
import { createEventSink } from '../shared/event-sink';
import { isObject, parseJson, type JsonObject } from '../shared/json';
import { createAnswer } from './chat-answer';
import { chatRequest } from './chat-request';
import { modelPath, type GeminiConnection } from './connection';
import { textCall } from '../shared/text-call';

const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** One chat call, streamed when somebody listens. */
export async function chat(connection: GeminiConnection, call: ChatCall): Promise<ChatAnswer> {
  const answer = createAnswer(connection);
  const handOn = (response: JsonObject): void | Promise<void> => {
    const chunk = answer.add(response);
    return chunk === null ? undefined : call.onChunk?.(chunk);
  };
  const sink = createEventSink(handOn);
  const isStream = call.onChunk !== undefined;
  await connection
    .send(
      textCall(call, {
        path: connection.pathOf(modelPath(call.model, isStream ? 'streamGenerateContent?alt=sse' : 'generateContent')),
        body: writeJson(chatRequest(call)),
        isStream,
        maxBytes: MAX_ANSWER_BYTES,
      }),
      sink,
    )
    .catch((error: unknown) => {
      throw overflowOf(error);
    });
  const whole = sink.whole();
  for (const response of whole === null ? [] : responsesOf(whole, connection.name)) await handOn(response);
  if (!answer.isFinished()) throw unfinished(connection.name, answer.answer().choices.length > 0 || whole === null);
  for (const chunk of answer.close()) await call.onChunk?.(chunk);
  return answer.answer();
}

/** A whole answer, or a list of the pieces of one. */
function responsesOf(text: string, name: string): readonly JsonObject[] {
  const body = parseJson(text);
  const list: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (list.length > 0 && list.every(isObject)) return list;
  throw new AppError('provider_bad_response', `Provider ${name} answered a chat with something that is not a JSON object.`);
}

function unfinished(name: string, hasBegun: boolean): AppError {
  return hasBegun
    ? new AppError('provider_unavailable', `Provider ${name} ended the answer before it was complete.`)
    : new AppError('provider_bad_response', `Provider ${name} answered a chat without candidates.`);
}
