import { once } from 'node:events';
import type { Request, Response } from 'express';
import { AppError } from '../../../domain/errors';
import type { TextEnd, TextListener } from '../../../domain/runner';
import type { ApiContext, Awaiting } from '../../deps';
import { errorBodyOf, errorOfTask } from '../../errors';
import { callerOf, catalogueOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { heldBy } from '../../http/held';
import { originOf } from '../../http/request-origin';
import { idempotencyKeyOf } from '../../http/request-headers';
import { setMade, setProcessingTime, setRun } from '../../http/send';
import { submitText } from '../../submit';
import { withModel, wishOf } from '../../submit/routing-fields';
import { noteParams } from '../params';
import { endOfEarlier, runToEnd } from '../text-answer';
import { speechBody } from './schema';

export type AnsweringSpeech = Awaiting &
  Pick<ApiContext, 'assets' | 'catalogue' | 'droppedParams' | 'lane' | 'newId' | 'objects' | 'routeState' | 'settings'>;

/** What a character of text makes at most, in samples: 15 characters a second of 48,000 bytes, and some more. */
const BYTES_PER_CHARACTER = 4_096;
const MOST_BYTES = 32 * 1024 * 1024;

/** POST /v1/audio/speech: the sound goes to the client as it comes, and is kept as the task's output. */
export async function answerSpeech(context: AnsweringSpeech, request: Request, response: Response): Promise<void> {
  const body = parseWith(speechBody, withModel(request.body));
  const { model, input, voice, routing, models, ...params } = body;
  noteParams(context, response, { operation: 'speech', model, params });
  await heldBy(response).room(Math.min(MOST_BYTES, (input.length * BYTES_PER_CHARACTER) / Math.min(1, params.speed ?? 1)));
  const submitted = await submitText(context, {
    catalogue: catalogueOf(context, response),
    caller: callerOf(response),
    origin: originOf(request, response),
    endpoint: 'audio.speech',
    model,
    input: { operation: 'speech', input, voice, params },
    idempotencyKey: idempotencyKeyOf(request),
    fingerprint: () => body,
    ...wishOf({ routing, models }),
  });
  const { taskId, isRepeat, admission } = submitted;
  setMade(response, submitted);
  const out = createSpeechWriter(response, params.stream_format === 'sse');
  const end = isRepeat
    ? await endOfEarlier(context, response, taskId)
    : await runToEnd(context, response, admission, listener(response, taskId, out));
  if (end === null) return;
  if (end.status !== 'succeeded' || end.body === null) {
    out.fail(errorOfTask(end.error, taskId));
    return;
  }
  if (!out.hasBegun()) {
    setRun(response, taskId, end.provider);
    await sendStored(context, response, end.body, out);
  }
  out.end(end.body['usage']);
}

/** Hands the sound on as it comes. */
function listener(response: Response, taskId: string, out: SpeechWriter): TextListener {
  return (event) => {
    if (event.kind === 'provider' && !out.hasBegun()) setRun(response, taskId, event.provider);
    return event.kind === 'audio' ? out.write(event.bytes, event.contentType) : undefined;
  };
}

/** The sound of a run whose pieces went by: an earlier one, or one that another process made. */
async function sendStored(
  context: Pick<ApiContext, 'assets' | 'objects'>,
  response: Response,
  body: NonNullable<TextEnd['body']>,
  out: SpeechWriter,
): Promise<void> {
  const type = String(body['content_type']);
  if (typeof body['audio'] === 'string') {
    await out.write(Buffer.from(body['audio'], 'base64'), type);
    return;
  }
  const asset = await context.assets.get(String(body['asset_id']), callerOf(response).teamId);
  if (asset === null || asset.contentsExpiredAt !== undefined)
    throw new AppError('not_found', 'The sound of this answer is no longer kept.');
  const { body: pieces } = await context.objects.get(asset.key);
  for await (const piece of pieces) await out.write(piece, type);
}

interface SpeechWriter {
  hasBegun(): boolean;
  /** A promise: the client reads slowly. */
  write(bytes: Uint8Array, contentType: string): void | Promise<void>;
  end(usage: unknown): void;
  /** @throws the error, when nothing went out before */
  fail(error: AppError): void;
}

function createSpeechWriter(response: Response, isEvents: boolean): SpeechWriter {
  let hasBegun = false;

  function send(data: string | Uint8Array, contentType: string): void | Promise<void> {
    if (!hasBegun) {
      hasBegun = true;
      setProcessingTime(response);
      response.statusCode = 200;
      response.setHeader('content-type', contentType);
      response.setHeader('cache-control', 'no-store');
    }
    if (response.destroyed || response.write(data)) return undefined;
    const closed = new AbortController();
    response.once('close', () => closed.abort());
    return once(response, 'drain', { signal: closed.signal }).then(
      () => undefined,
      () => undefined,
    );
  }

  const event = (data: object): void | Promise<void> => send(`data: ${JSON.stringify(data)}\n\n`, 'text/event-stream; charset=utf-8');
  return {
    hasBegun: () => hasBegun,
    write: (bytes, contentType) =>
      isEvents ? event({ type: 'speech.audio.delta', audio: Buffer.from(bytes).toString('base64') }) : send(bytes, contentType),
    end(usage) {
      if (isEvents) void event({ type: 'speech.audio.done', ...(usage === undefined ? {} : { usage }) });
      response.end();
    },
    fail(error) {
      if (!hasBegun) throw error;
      if (!isEvents) {
        // Without its end the client knows that the sound is not whole.
        response.destroy();
        return;
      }
      void event(errorBodyOf(response, error) as object);
      response.end();
    },
  };
}
