import type { Response } from 'express';
import type { TextEnd, TextListener } from '../../../domain/runner';
import { errorBody, errorOfTask } from '../../errors';
import { requestIdOf } from '../../http/context';
import { setRun } from '../../http/send';
import { startEventStream, type EventStream } from '../../http/sse';
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
 * before it is still a plain HTTP error.
 * @param onFailedEarly - the run failed before anything went out
 */
export function streamTo(response: Response, answer: StreamedAnswer, onFailedEarly: (error: Error) => void): TextListener {
  const writer = createChunkWriter({ ...answer, id: answer.taskId });
  let stream: EventStream | null = null;

  return (event) => {
    switch (event.kind) {
      case 'provider':
        if (stream === null) setRun(response, answer.taskId, event.provider);
        return undefined;
      case 'chunk': {
        const lines = writer.onChunk(event.chunk);
        if (lines.length === 0) return undefined;
        stream ??= startEventStream(response);
        sendAll(stream, lines);
        return stream.drained();
      }
      case 'ended':
        if (event.task.status !== 'succeeded') fail(event.task);
        else finish((stream ??= open(response, writer, answer.taskId, event.task)), writer, event.task.body);
        return undefined;
    }
  };

  function fail(end: TextEnd): void {
    const error = errorOfTask(end.error, answer.taskId);
    if (stream === null) {
      onFailedEarly(error);
      return;
    }
    stream.send(JSON.stringify(errorBody(error, requestIdOf(response))));
    stream.end();
  }
}

/** Streams a stored answer. */
export function streamStored(response: Response, answer: StreamedAnswer, end: TextEnd): void {
  const writer = createChunkWriter({ ...answer, id: answer.taskId });
  finish(open(response, writer, answer.taskId, end), writer, end.body);
}

/** An answer of which no chunk went out yet, though it is whole: sends all of it. */
function open(response: Response, writer: ChunkWriter, taskId: string, end: TextEnd): EventStream {
  setRun(response, taskId, end.provider);
  const stream = startEventStream(response);
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
