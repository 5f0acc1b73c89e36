import { AppError } from '../../../domain/errors';
import type { TranscriptionAnswer, TranscriptionCall } from '../../../domain/provider/provider';
import type { Connection } from '../shared/connection';
import { createEventSink } from '../shared/event-sink';
import { countOf, isGiven, isObject, parseJson, requireObject, textOf, type JsonObject } from '../shared/json';
import { streamedFile } from '../shared/media-file';
import { errorOfLateFault, hasFault, readFault } from '../shared/provider-error';
import { textCall } from '../shared/text-call';
import { formOf } from './image-request';
import { tokenUsage } from './usage';

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const TEXT_FORMATS: readonly unknown[] = ['text', 'srt', 'vtt'];

/** Writes down a file. Whether a stream was asked for or not, a server may answer in the other way. */
export async function transcribe(connection: Connection, call: TranscriptionCall): Promise<TranscriptionAnswer> {
  const { params, isTranslation } = call.input;
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => isGiven(value)));
  const isStream = call.onEvent !== undefined;
  const form = formOf({ ...call.options, ...given, model: call.model, ...(isStream ? { stream: true } : {}) });
  form.append('file', streamedFile(call.file));
  const failed = (body: JsonObject): AppError =>
    errorOfLateFault(readFault(body), `Provider ${connection.name} reported an error`, connection.secrets);
  const seen: { done: JsonObject | null } = { done: null };
  const sink = createEventSink((event) => {
    if (hasFault(event)) throw failed(event);
    if (event['type'] !== 'transcript.text.done') return call.onEvent?.(event);
    seen.done = event;
    return undefined;
  });
  const path = isTranslation ? 'audio/translations' : 'audio/transcriptions';
  const post = { ...textCall(call, { path, body: '', isStream, maxBytes: MAX_ANSWER_BYTES }), body: form };
  const answer = await connection.send({ ...post, firstByteMs: call.timeouts.wholeFirstByteMs }, isStream ? sink : undefined);
  const whole = isStream ? sink.whole() : answer.body;
  if (whole === null) {
    if (seen.done === null)
      throw new AppError('provider_unavailable', `Provider ${connection.name} ended the stream before the answer was complete.`);
    const { type: _type, ...body } = seen.done;
    return answerOf(body);
  }
  const body = TEXT_FORMATS.includes(params['response_format']) ? readText(whole) : requireObject(whole, 'a transcription');
  if (hasFault(body)) throw failed(body);
  if (typeof body['text'] === 'string') return answerOf(body);
  throw new AppError('provider_bad_response', `Provider ${connection.name} answered a transcription without a text.`);
}

/** Some servers answer in JSON whatever format is asked for. */
function readText(whole: string): JsonObject {
  const parsed = parseJson(whole);
  if (isObject(parsed) && (typeof parsed['text'] === 'string' || hasFault(parsed))) return parsed;
  return /^\s*<(!doctype|html)/i.test(whole) ? {} : { text: whole };
}

function answerOf(body: JsonObject): TranscriptionAnswer {
  const { usage } = body;
  const seconds = isObject(usage) ? countOf(usage['seconds']) : undefined;
  const length = typeof body['duration'] === 'string' ? Number(body['duration']) : body['duration'];
  return {
    body,
    seconds: seconds ?? countOf(length) ?? null,
    usage: textOf(isObject(usage) ? usage['type'] : undefined) === 'duration' ? null : tokenUsage(usage),
  };
}
