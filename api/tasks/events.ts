import type { Request, Response } from 'express';
import { isTerminal, type Task } from '../../domain/task/task';
import type { ApiContext, Presenting } from '../deps';
import { setRun } from '../http/send';
import type { EventStream } from '../http/sse';
import { streamChanges } from '../watch/stream-changes';
import { loadTask } from './find';
import { withPreview, type Previewing } from './partial';
import { presentTask } from './present';

type Deps = Presenting & Previewing & Pick<ApiContext, 'draining' | 'logger' | 'tasks' | 'watcher'>;

/** GET /v1/tasks/{id}/events: the task at every change, ended by its terminal event. */
export async function streamEvents(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const first = await loadTask(context, response, id);
  setRun(response, id);
  await streamChanges(context, request, response, {
    first,
    watch: (sinceVersion, listener) => context.watcher.onChange(id, sinceVersion, listener),
    read: async () => withPreview(context, await loadTask(context, response, id)),
    send: (stream, task) => sendTask(context, request, stream, task),
    isEnd: (task) => isTerminal(task.status),
    leastGapMs: 0,
  });
}

async function sendTask(context: Presenting, request: Request, stream: EventStream, task: Task): Promise<void> {
  const event = isTerminal(task.status) ? `task.${task.status}` : 'task.updated';
  stream.send(JSON.stringify(presentTask(context, request, task)), { event, id: String(task.version) });
}
