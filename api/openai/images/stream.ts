import type { Response } from 'express';
import { toAppError } from '../../../domain/errors';
import { isTerminal, type TaskSummary } from '../../../domain/task/task';
import type { ApiContext, Awaiting } from '../../deps';
import { requestIdOf, scopeOf } from '../../http/context';
import { findTask } from '../../tasks/find';
import { errorBody } from '../../errors';
import { setRun } from '../../http/send';
import { startEventStream, type EventStream } from '../../http/sse';
import { providerOf } from '../submit-media';
import { imageEvent, type ImageContent } from './map';
import { errorOfEnd, finishedTask, type FinishedImages } from './wait';

/** Ten images of 20 MB in base64: one event is a whole image. */
const MAX_BACKLOG_BYTES = 280 * 1024 * 1024;

type StreamImagesDeps = Awaiting & Pick<ApiContext, 'logger' | 'mediaLane' | 'objects' | 'partials'>;

/**
 * Answers with server-sent events: the partial images as they come, then the finished ones, or an `error` event.
 * @param options.linksTo - given: the finished ones as these links; otherwise, and partial ones always, in base64
 */
export async function streamImages(
  context: StreamImagesDeps,
  response: Response,
  taskId: string,
  { timeoutMs, linksTo }: StreamOptions,
): Promise<void> {
  const first = await findTask(context, scopeOf(response), taskId);
  if (isTerminal(first.status) && first.status !== 'succeeded') throw errorOfEnd(first);
  setRun(response, taskId, providerOf(first));
  const stream = startEventStream(response, { maxBacklogBytes: MAX_BACKLOG_BYTES });
  const partials = relayPartials(context, first, stream);
  try {
    const finished = await finishedTask(context, response, taskId, timeoutMs);
    await partials.stop();
    if (finished !== null) await sendFinished(context, stream, finished, linksTo?.(finished.task) ?? null);
  } catch (error) {
    await partials.stop();
    sendFailure(context, response, stream, taskId, error);
  }
  stream.end();
}

interface StreamOptions {
  readonly timeoutMs: number;
  readonly linksTo: ((task: TaskSummary) => readonly ImageContent[]) | null;
}

async function sendFinished(
  { objects }: Pick<ApiContext, 'objects'>,
  stream: EventStream,
  { task, contents }: FinishedImages,
  links: readonly ImageContent[] | null,
): Promise<void> {
  for (const [index, { key }] of task.outputs.entries()) {
    const content = links?.[index] ?? inline(contents[index] ?? (await objects.read(key)));
    sendImage(stream, task, 'completed', content, index);
  }
}

function inline(bytes: Uint8Array): ImageContent {
  return { b64_json: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') };
}

function sendImage(
  stream: EventStream,
  task: TaskSummary,
  kind: 'partial_image' | 'completed',
  content: ImageContent,
  index: number,
): void {
  const { name, data } = imageEvent(task, kind, content, index);
  stream.send(JSON.stringify(data), { event: name });
}

function sendFailure(context: Pick<ApiContext, 'logger'>, response: Response, stream: EventStream, taskId: string, thrown: unknown): void {
  const error = toAppError(thrown);
  if (error.code === 'internal') context.logger.error({ err: error.cause ?? error, task_id: taskId }, 'An image stream broke.');
  stream.send(JSON.stringify(errorBody(error, requestIdOf(response))), { event: 'error' });
}

type RelayPartialsDeps = Pick<ApiContext, 'logger' | 'objects' | 'partials' | 'watcher'>;

/** Sends each partial image once, in order; looks whenever the task changes. */
function relayPartials(context: RelayPartialsDeps, task: TaskSummary, stream: EventStream): { stop(): Promise<void> } {
  const wanted = task.output.partial_images ?? 0;
  let sent = 0;
  let looking: Promise<void> = Promise.resolve();
  if (wanted === 0) return { stop: () => looking };

  async function look(): Promise<void> {
    for (const { key, index } of await context.partials.list(task.id, sent)) {
      if (index >= wanted) break;
      sendImage(stream, task, 'partial_image', inline(await context.objects.read(key)), index);
      sent = index + 1;
    }
  }
  const lookNext = (): void => {
    looking = looking.then(look).catch((error: unknown) => {
      context.logger.warn({ err: error, task_id: task.id }, 'A partial image could not be read; the final one will follow.');
    });
  };
  const unsubscribe = context.watcher.onChange(task.id, -1, lookNext);
  return {
    async stop() {
      unsubscribe();
      // What came with the last change is still sent before the finished image.
      lookNext();
      await looking;
    },
  };
}
