import { AppError } from '../../../domain/errors';
import type { SpeechAnswer, SpeechCall } from '../../../domain/provider/provider';
import type { Connection } from '../shared/connection';
import { createEventSink } from '../shared/event-sink';
import type { BodySink } from '../shared/exchange';
import { isGiven, parseJson, isObject, textOf } from '../shared/json';
import { errorOfLateFault, hasFault, readFault } from '../shared/provider-error';
import { textCall } from '../shared/text-call';
import { tokenUsage } from './usage';

/** The most sound there may be, in base64. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

/** Reads a text aloud. Sound comes as it is made: as the body itself, or as events with a usage at their end. */
export async function speak(connection: Connection, call: SpeechCall): Promise<SpeechAnswer> {
  const { input, voice, params } = call.input;
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => isGiven(value)));
  const asked = TYPES[textOf(given['response_format']) ?? 'mp3'] ?? 'application/octet-stream';
  const seen = { usage: null as unknown, isFinished: true };
  const failed = (body: unknown): AppError =>
    isObject(body) && hasFault(body)
      ? errorOfLateFault(readFault(body), `Provider ${connection.name} reported an error`, connection.secrets)
      : new AppError('provider_bad_response', `Provider ${connection.name} answered a speech with something that is no sound.`);
  const events = createEventSink((event) => {
    if (hasFault(event)) throw failed(event);
    const sound = textOf(event['audio']);
    if (event['type'] === 'speech.audio.done') {
      seen.isFinished = true;
      seen.usage = event['usage'];
    }
    return sound === undefined ? undefined : call.onAudio(Buffer.from(sound, 'base64'), asked);
  });
  let contentType = asked;
  let isEvents = false;
  const sink: BodySink = {
    wants(head) {
      const said = String(head.headers['content-type'] ?? '')
        .replace(/;.*$/, '')
        .trim()
        .toLowerCase();
      isEvents = said === 'text/event-stream';
      seen.isFinished = !isEvents;
      // Servers that name no type, or a general one, send what was asked for.
      contentType = said.startsWith('audio/') ? said : asked;
      return head.status >= 200 && head.status < 300 && !/json|html|xml|^text\/plain/.test(said);
    },
    write: (chunk) => (isEvents ? events.write(chunk) : (call.onAudio(chunk, contentType) ?? false)),
    end: () => (isEvents ? events.end?.() : undefined),
    events: () => events.events?.() ?? 0,
  };
  const body = JSON.stringify({ ...call.options, ...given, model: call.model, input, voice });
  const post = textCall(call, { path: 'audio/speech', body, isStream: true, maxBytes: MAX_ANSWER_BYTES, headers: { accept: '*/*' } });
  const answer = await connection.send({ ...post, firstByteMs: call.timeouts.wholeFirstByteMs }, sink);
  if (answer.body !== '') throw failed(parseJson(answer.body));
  if (!seen.isFinished)
    throw new AppError('provider_unavailable', `Provider ${connection.name} ended the stream before the speech was complete.`);
  return { usage: tokenUsage(seen.usage), upstreamId: null };
}
