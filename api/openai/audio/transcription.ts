import type { Request, Response } from 'express';
import type { Caller } from '../../../domain/access/caller';
import { AppError, isAppError } from '../../../domain/errors';
import { extensionOf } from '../../../domain/file-name';
import type { TextEvent } from '../../../domain/runner';
import type { TranscriptionInput } from '../../../domain/task/generation';
import type { Admission } from '../../../domain/task/store';
import type { Asset } from '../../../domain/task/task';
import type { ApiContext, Awaiting } from '../../deps';
import { errorBodyOf, errorOfTask } from '../../errors';
import { callerOf, catalogueOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { originOf } from '../../http/request-origin';
import { idempotencyKeyOf } from '../../http/request-headers';
import { sendJson, setProcessingTime, setMade, setRun } from '../../http/send';
import { createLateStream } from '../../http/sse';
import { findEarlier, submitText } from '../../submit';
import { quote } from '../../submit/prepare';
import { withModel, wishOf } from '../../submit/routing-fields';
import { keepFile } from '../../uploads/keep-asset';
import { AUDIO_FORM } from '../../uploads/limits';
import { withBody, type Body } from '../../uploads/read-body';
import type { UploadedFile } from '../../uploads/stage-file';
import { noteParams } from '../params';
import { endOfEarlier, runToEnd } from '../text-answer';
import { transcriptionFields, TRANSCRIPTION_KINDS } from './schema';

export type AnsweringTranscriptions = Awaiting &
  Pick<ApiContext, 'assetWriter' | 'assets' | 'catalogue' | 'droppedParams' | 'lane' | 'newId' | 'objects' | 'routeState' | 'settings'>;

type AudioEndpoint = 'audio.transcriptions' | 'audio.translations';

/** An admitted transcription, or an earlier one; its file is an asset. */
interface Made {
  readonly taskId: string;
  /** Null: the request repeats an earlier one. */
  readonly admission: Admission | null;
  readonly isStream: boolean;
  readonly format: string;
}

/** POST /v1/audio/transcriptions and /v1/audio/translations: the file goes to storage as it comes, so that every route can be given it. */
export async function answerTranscription(
  context: AnsweringTranscriptions,
  request: Request,
  response: Response,
  endpoint: AudioEndpoint,
): Promise<void> {
  const made = await withBody(context, request, response, { limits: AUDIO_FORM, kinds: TRANSCRIPTION_KINDS }, (body) =>
    submit(context, request, response, endpoint, body),
  );
  const { taskId, admission, isStream, format } = made;
  setRun(response, taskId);
  if (isStream) {
    await streamEvents(context, response, made);
    return;
  }
  const end = admission === null ? await endOfEarlier(context, response, taskId) : await runToEnd(context, response, admission);
  if (end === null) return;
  setRun(response, taskId, end.provider);
  if (end.status !== 'succeeded' || end.body === null) throw errorOfTask(end.error, taskId);
  if (['text', 'srt', 'vtt'].includes(format)) sendText(response, String(end.body['text']));
  else sendJson(response, 200, end.body);
}

async function submit(
  context: AnsweringTranscriptions,
  request: Request,
  response: Response,
  endpoint: AudioEndpoint,
  body: Body,
): Promise<Made> {
  const { model, stream, routing, models, ...params } = parseWith(transcriptionFields, withModel(body.fields));
  const upload = fileOf(body.files);
  const caller = callerOf(response);
  const made = { isStream: stream === true, format: params.response_format ?? 'json' };
  const inputOf = (asset: Pick<Asset, 'id' | 'contentType' | 'durationS'>): TranscriptionInput => ({
    operation: 'transcription',
    file: {
      assetId: asset.id,
      filename: filenameOf(upload, asset.contentType),
      sizeBytes: upload.sizeBytes,
      seconds: asset.durationS,
    },
    isTranslation: endpoint === 'audio.translations',
    params,
  });
  noteParams(context, response, { operation: 'transcription', model, params });
  const key = idempotencyKeyOf(request);
  const fingerprint = (): unknown => body.fingerprint;
  const earlier = await findEarlier(context, { caller, endpoint, key, fingerprint });
  if (earlier !== null) return { ...made, taskId: earlier, admission: null };
  const submission = {
    catalogue: catalogueOf(context, response),
    caller,
    origin: originOf(request, response),
    endpoint,
    model,
    idempotencyKey: key,
    fingerprint,
    ...wishOf({ routing, models }),
  };
  // What can be refused is refused before the file is kept.
  quote(context, { ...submission, input: inputOf({ id: '', contentType: upload.contentType, durationS: null }) });
  const asset = await keepRecording(context, caller, upload);
  const submitted = await submitText(context, { ...submission, input: inputOf(asset) });
  setMade(response, submitted);
  const { taskId, isRepeat, admission } = submitted;
  return { ...made, taskId, admission: isRepeat ? null : admission };
}

function fileOf(files: readonly UploadedFile[]): UploadedFile {
  const stray = files.find(({ field }) => field !== 'file');
  if (stray !== undefined) throw new AppError('unknown_parameter', `Unknown file parameter: ${stray.param}.`, { param: stray.param });
  const [file] = files;
  if (file === undefined) {
    const message = 'Missing required parameter: file. Send the sound as a file of multipart/form-data.';
    throw new AppError('missing_required_parameter', message, { param: 'file' });
  }
  if (file.sizeBytes === 0) throw new AppError('invalid_value', 'Invalid file: it is empty.', { param: 'file' });
  return file;
}

/** Providers tell the format by the ending of the name. */
function filenameOf({ filename }: UploadedFile, contentType: string): string {
  const plain = filename
    .replace(/^.*[/\\]/, '')
    .replace(/[^\w.-]+/g, '_')
    .slice(-100);
  return /\.\w+$/.test(plain) ? plain : `${plain === '' ? 'recording' : plain}.${extensionOf(contentType)}`;
}

/** @throws AppError `invalid_value` for what is surely no sound */
async function keepRecording(context: AnsweringTranscriptions, caller: Caller, { stagedKey }: UploadedFile): Promise<Asset> {
  try {
    return await keepFile(context, caller, { source: { stagedKey }, expect: 'result', param: 'file' });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'provider_bad_response') throw error;
    throw new AppError('invalid_value', 'Invalid file: it is text, not sound. Send MP3, MP4, M4A, WAV, WebM, Ogg or FLAC.', {
      param: 'file',
    });
  }
}

function sendText(response: Response, text: string): void {
  setProcessingTime(response);
  response.statusCode = 200;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

/** Sends events as they come; what came whole goes out as one piece. */
async function streamEvents(context: AnsweringTranscriptions, response: Response, { taskId, admission }: Made): Promise<void> {
  const late = createLateStream(response, { times: context.settings.streams, ping: undefined });
  const sent = { pieces: 0 };
  const send = (event: object): Promise<void> | undefined => {
    const stream = late.begin();
    stream.send(JSON.stringify(event));
    return stream.drained();
  };
  try {
    const end = admission === null ? await endOfEarlier(context, response, taskId) : await runToEnd(context, response, admission, listener);
    if (end === null) return;
    if (end.status !== 'succeeded' || end.body === null) throw errorOfTask(end.error, taskId);
    if (late.begun() === null) setRun(response, taskId, end.provider);
    const { text, usage, logprobs } = end.body;
    if (sent.pieces === 0) void send({ type: 'transcript.text.delta', delta: text });
    void send({
      type: 'transcript.text.done',
      text,
      ...(logprobs === undefined ? {} : { logprobs }),
      ...(usage === undefined ? {} : { usage }),
    });
    late.begin().end();
  } catch (error) {
    const stream = late.begun();
    if (stream === null || !isAppError(error)) throw error;
    stream.send(JSON.stringify(errorBodyOf(response, error)));
    stream.end();
  } finally {
    late.forget();
  }

  function listener(event: TextEvent): void | Promise<void> {
    if (event.kind === 'provider' && late.begun() === null) setRun(response, taskId, event.provider);
    if (event.kind !== 'transcript') return undefined;
    sent.pieces += 1;
    return send(event.event);
  }
}
