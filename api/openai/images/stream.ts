import type { Response } from 'express';
import { toAppError } from '../../../domain/errors';
import { isTerminal, type Task } from '../../../domain/task/task';
import type { ApiContext } from '../../deps';
import { callerOf, requestIdOf } from '../../http/context';
import { findTask } from '../../tasks/find';
import { errorBody } from '../../errors';
import { setRun } from '../../http/send';
import { startEventStream, type EventStream } from '../../http/sse';
import { providerOf } from '../submit-media';
import { pictureEvent } from './map';
import { errorOfEnd, finishedTask } from './wait';

/** Ten pictures of 20 MB in base64: one event is a whole picture. */
const MAX_BACKLOG_BYTES = 280 * 1024 * 1024;

/** Answers with server-sent events: the partial pictures as they come, then the finished ones, or an `error` event. */
export async function streamPictures(context: ApiContext, response: Response, taskId: string, timeoutMs: number): Promise<void> {
  const first = await findTask(context, callerOf(response), taskId);
  if (isTerminal(first.status) && first.status !== 'succeeded') throw errorOfEnd(first);
  setRun(response, taskId, providerOf(first));
  const stream = startEventStream(response, MAX_BACKLOG_BYTES);
  const partials = relayPartials(context, first, stream);
  try {
    const task = await finishedTask(context, response, taskId, timeoutMs);
    await partials.stop();
    if (task !== null) await sendFinished(context, stream, task);
  } catch (error) {
    await partials.stop();
    sendFailure(context, response, stream, taskId, error);
  }
  stream.end();
}

async function sendFinished(context: ApiContext, stream: EventStream, task: Task): Promise<void> {
  for (const [index, output] of task.outputs.entries()) {
    sendPicture(stream, task, 'completed', await context.objects.read(output.key), index);
  }
}

function sendPicture(stream: EventStream, task: Task, kind: 'partial_image' | 'completed', bytes: Uint8Array, index: number): void {
  const { name, data } = pictureEvent(task, kind, Buffer.from(bytes).toString('base64'), index);
  stream.send(JSON.stringify(data), { event: name });
}

function sendFailure(context: ApiContext, response: Response, stream: EventStream, taskId: string, thrown: unknown): void {
  const error = toAppError(thrown);
  if (error.code === 'internal') context.logger.error({ err: error.cause ?? error, taskId }, 'An image stream broke.');
  stream.send(JSON.stringify(errorBody(error, requestIdOf(response))), { event: 'error' });
}

/** Sends each partial picture once, in order; looks whenever the task changes. */
function relayPartials(context: ApiContext, task: Task, stream: EventStream): { stop(): Promise<void> } {
  const wanted = task.input.operation === 'image' ? (task.input.output.partial_images ?? 0) : 0;
  let sent = 0;
  let looking: Promise<void> = Promise.resolve();
  if (wanted === 0) return { stop: () => looking };

  async function look(): Promise<void> {
    for (const { key, index } of await context.partials.list(task.id, sent)) {
      if (index >= wanted) break;
      sendPicture(stream, task, 'partial_image', await context.objects.read(key), index);
      sent = index + 1;
    }
  }
  const lookNext = (): void => {
    looking = looking.then(look).catch((error: unknown) => {
      context.logger.warn({ err: error, taskId: task.id }, 'A partial picture could not be read; the finished one will come.');
    });
  };
  const unsubscribe = context.watcher.onChange(task.id, -1, lookNext);
  return {
    async stop() {
      unsubscribe();
      // What came with the last change is still sent before the finished picture.
      lookNext();
      await looking;
    },
  };
}
