import type { Request, Response } from 'express';
import { isTerminal, type Task } from '../../domain/task';
import type { ApiContext } from '../deps';
import { callerOf } from '../http/context';
import { setRun } from '../http/send';
import { startEventStream, type EventStream } from '../http/sse';
import { findTask } from './find';
import { presentTask } from './present';

const RETRY_MS = 1_000;

/** GET /v1/tasks/{id}/events: the task at every change, ended by its terminal event. */
export async function streamEvents(context: ApiContext, request: Request, response: Response, id: string): Promise<void> {
  const task = await findTask(context, callerOf(response), id);
  setRun(response, id);
  const seen = lastSeen(request);
  if (isTerminal(task.status) && task.version <= seen) {
    // Nothing can follow: 204 tells an EventSource not to come again.
    response.statusCode = 204;
    response.end();
    return;
  }
  const stream = startEventStream(response);
  if (task.version > seen) await sendTask(context, request, stream, task);
  if (isTerminal(task.status)) {
    stream.end();
    return;
  }
  follow(context, request, response, stream, task);
}

function follow(context: ApiContext, request: Request, response: Response, stream: EventStream, task: Task): void {
  let sentVersion = Math.max(task.version, lastSeen(request));
  let isSending = false;
  let isDirty = false;

  const stop = context.watcher.onChange(task.id, sentVersion, onDirty);
  const end = () => {
    stop();
    stream.end();
  };
  context.closing.addEventListener('abort', end);
  response.on('close', () => {
    stop();
    context.closing.removeEventListener('abort', end);
  });

  function onDirty(): void {
    isDirty = true;
    if (isSending || response.destroyed) return;
    sendChanges().catch((error: unknown) => {
      context.logger.warn({ err: error, taskId: task.id }, 'A task event could not be sent; it is tried again.');
      // The watcher tells each change once: a read that failed is ours to repeat, or the terminal event would be lost.
      setTimeout(onDirty, RETRY_MS).unref();
    });
  }

  /** One read at a time: changes that come meanwhile are one event. */
  async function sendChanges(): Promise<void> {
    isSending = true;
    try {
      while (isDirty) {
        isDirty = false;
        const now = await context.tasks.get(task.id, task.teamId);
        if (now === null || now.version <= sentVersion) continue;
        await sendTask(context, request, stream, now);
        sentVersion = now.version;
        if (isTerminal(now.status)) end();
      }
    } finally {
      isSending = false;
    }
  }
}

async function sendTask(context: ApiContext, request: Request, stream: EventStream, task: Task): Promise<void> {
  const event = isTerminal(task.status) ? `task.${task.status}` : 'task.updated';
  stream.send(JSON.stringify(await presentTask(context, request, task)), { event, id: String(task.version) });
}

/** The version the client saw last; -1 for none. */
function lastSeen(request: Request): number {
  const text = request.headers['last-event-id'] ?? request.query['after'];
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
