import type { Response } from 'express';
import { toAppError, type AppError } from '../../domain/errors';
import type { ChatChunk } from '../../domain/provider/provider';
import type { TextEnd, TextListener } from '../../domain/runner';
import type { ApiContext } from '../deps';
import { errorBodyOf, errorOfTask } from '../errors';
import { noteToken, requestIdOf } from '../http/context';
import { setRun } from '../http/send';
import { createLateStream, type EventStream, type LateStream, type StreamEvent, type StreamTimes } from '../http/sse';
import { chunksOf } from './chat/chunks';

/** Words the events of one streamed answer as a surface's clients expect them. */
export interface AnswerWriter {
  /** The events of a chunk as it came from the provider; none when it holds nothing for the client yet. */
  onChunk(chunk: ChatChunk): readonly StreamEvent[];
  /** The events that end the answer. `body`: all of it, as stored. */
  onEnd(body: NonNullable<TextEnd['body']>): readonly StreamEvent[];
  /** Says which model serves, before the first chunk of its answer. */
  served?(model: string): void;
  /** Name of the event that says an answer failed after it began; absent: it has none. */
  readonly failureEvent?: string;
  /** The events that end an answer which failed after its stream began; absent: the error alone does. */
  onFailure?(error: AppError, requestId: string): readonly StreamEvent[];
  /** What is sent when there is nothing to say; absent: a comment. */
  readonly ping?: StreamEvent;
}

/** A streamed answer and how it is worded. */
export interface StreamedAnswer {
  readonly taskId: string;
  readonly writer: AnswerWriter;
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
  const { taskId, writer } = answer;
  const late = createLateStream(response, { times, ping: writer.ping });
  let hasChunks = false;

  return (event) => {
    switch (event.kind) {
      case 'provider':
        if (late.begun() === null) setRun(response, taskId, event.provider);
        writer.served?.(event.model);
        return undefined;
      case 'chunk': {
        const events = writer.onChunk(event.chunk);
        if (events.length === 0) return undefined;
        hasChunks = true;
        noteToken(response);
        const stream = late.begin();
        sendAll(stream, events);
        return stream.drained();
      }
      case 'audio':
      case 'transcript':
        return undefined;
      case 'ended':
        late.forget();
        if (event.task.status !== 'succeeded') fail(errorOfTask(event.task.error, taskId));
        else finish(hasChunks ? late.begin() : sendWhole(response, late, answer, event.task), writer, event.task.body);
        return undefined;
    }
  };

  function fail(error: AppError): void {
    const stream = late.begun();
    if (stream === null) onFailedEarly(error);
    else sendError(response, stream, writer, error);
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
  const { taskId, writer } = answer;
  const onBegin = (): void => void response.setHeader('idempotent-replayed', 'true');
  const late = createLateStream(response, { times: context.settings.streams, ping: writer.ping, onBegin });
  try {
    const end = await wait();
    if (end === null) return;
    if (end.status !== 'succeeded') throw errorOfTask(end.error, taskId);
    finish(sendWhole(response, late, answer, end), writer, end.body);
  } catch (thrown) {
    const stream = late.begun();
    if (stream === null) throw thrown;
    const error = toAppError(thrown);
    if (error.code === 'internal')
      context.logger.error({ err: error.cause ?? error, task_id: taskId }, 'a stored answer could not be streamed');
    sendError(response, stream, writer, error);
  } finally {
    late.forget();
  }
}

function sendError(response: Response, stream: EventStream, writer: AnswerWriter, error: AppError): void {
  const { failureEvent } = writer;
  const events = writer.onFailure?.(error, requestIdOf(response)) ?? [
    { data: JSON.stringify(errorBodyOf(response, error)), ...(failureEvent === undefined ? {} : { event: failureEvent }) },
  ];
  sendAll(stream, events);
  stream.end();
}

/** An answer of which no chunk went out yet, though it is whole: sends all of it. */
function sendWhole(response: Response, late: LateStream, { taskId, writer }: StreamedAnswer, end: TextEnd): EventStream {
  if (late.begun() === null) setRun(response, taskId, end.provider);
  const stream = late.begin();
  const model = end.body?.['model'];
  if (typeof model === 'string') writer.served?.(model);
  for (const chunk of chunksOf(end.body ?? {})) sendAll(stream, writer.onChunk(chunk));
  return stream;
}

function finish(stream: EventStream, writer: AnswerWriter, body: TextEnd['body']): void {
  sendAll(stream, writer.onEnd(body ?? {}));
  stream.end();
}

function sendAll(stream: EventStream, events: readonly StreamEvent[]): void {
  for (const event of events) stream.send(event.data, event);
}
