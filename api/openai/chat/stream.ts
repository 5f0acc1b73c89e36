import type { Response } from 'express';
import { toAppError, type AppError } from '../../../domain/errors';
import type { TextEnd, TextListener } from '../../../domain/runner';
import type { ApiContext } from '../../deps';
import { errorBody, errorOfTask } from '../../errors';
import { requestIdOf } from '../../http/context';
import { setRun } from '../../http/send';
import { createLateStream, type EventStream, type LateStream, type StreamTimes } from '../../http/sse';
import { chunksOf, createChunkWriter, type ChunkWriter } from './chunks';

/** Facts of the answer that all its chunks share. */
export interface StreamedAnswer {
  readonly taskId: string;
  readonly created: number;
  readonly model: string;
  readonly includeUsage: boolean;
}

/**
 * Hands the events of a run to the client as server-sent events. Headers go out with the first chunk, so that a run that fails
 * before it is still a plain HTTP error; when that takes too long they go out alone, and a failure is an event.
 * @param onFailedEarly - the run failed before anything went out
 */
export function streamTo(
  response: Response,
  answer: StreamedAnswer,
  times: StreamTimes,
  onFailedEarly: (error: Error) => void,
): TextListener {
  const writer = createChunkWriter({ ...answer, id: answer.taskId });
  const late = createLateStream(response, times);
  let hasChunks = false;

  return (event) => {
    switch (event.kind) {
      case 'provider':
        if (late.begun() === null) setRun(response, answer.taskId, event.provider);
        return undefined;
      case 'chunk': {
        const lines = writer.onChunk(event.chunk);
        if (lines.length === 0) return undefined;
        hasChunks = true;
        const stream = late.begin();
        sendAll(stream, lines);
        return stream.drained();
      }
      case 'ended':
        late.forget();
        if (event.task.status !== 'succeeded') fail(errorOfTask(event.task.error, answer.taskId));
        else finish(hasChunks ? late.begin() : sendWhole(response, late, writer, answer.taskId, event.task), writer, event.task.body);
        return undefined;
    }
  };

  function fail(error: AppError): void {
    const stream = late.begun();
    if (stream === null) onFailedEarly(error);
    else sendError(response, stream, error);
  }
}

/**
 * Streams the answer of an earlier run that this request repeats.
 * @param wait - gives its end; null: the client went away
 * @throws what `wait` throws and the end's own error, when nothing went out before
 */
export async function streamStored(
  context: Pick<ApiContext, 'logger' | 'settings'>,
  response: Response,
  answer: StreamedAnswer,
  wait: () => Promise<TextEnd | null>,
): Promise<void> {
  const late = createLateStream(response, context.settings.streams, () => response.setHeader('idempotent-replayed', 'true'));
  try {
    const end = await wait();
    if (end === null) return;
    if (end.status !== 'succeeded') throw errorOfTask(end.error, answer.taskId);
    const writer = createChunkWriter({ ...answer, id: answer.taskId });
    finish(sendWhole(response, late, writer, answer.taskId, end), writer, end.body);
  } catch (thrown) {
    const stream = late.begun();
    if (stream === null) throw thrown;
    const error = toAppError(thrown);
    if (error.code === 'internal')
      context.logger.error({ err: error.cause ?? error, task_id: answer.taskId }, 'a stored answer could not be streamed');
    sendError(response, stream, error);
  } finally {
    late.forget();
  }
}

function sendError(response: Response, stream: EventStream, error: AppError): void {
  stream.send(JSON.stringify(errorBody(error, requestIdOf(response))));
  stream.end();
}

/** An answer of which no chunk went out yet, though it is whole: sends all of it. */
function sendWhole(response: Response, late: LateStream, writer: ChunkWriter, taskId: string, end: TextEnd): EventStream {
  if (late.begun() === null) setRun(response, taskId, end.provider);
  const stream = late.begin();
  for (const chunk of chunksOf(end.body ?? {})) sendAll(stream, writer.onChunk(chunk));
  return stream;
}

function finish(stream: EventStream, writer: ChunkWriter, body: TextEnd['body']): void {
  sendAll(stream, writer.onEnd(body?.['usage']));
  stream.send('[DONE]');
  stream.end();
}

function sendAll(stream: EventStream, lines: readonly string[]): void {
  for (const line of lines) stream.send(line);
}
