import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { extensionOf } from '../../domain/file-name';
import { partialKey } from '../../domain/task/partials';
import { isTerminal, type Task, type TaskSummary } from '../../domain/task/task';
import { sendOpened } from '../assets/send-object';
import type { ApiContext } from '../deps';
import { findTaskOfFiles } from './find';

/** Finding a task's partial images. */
export type Previewing = Pick<ApiContext, 'logger' | 'partials'>;

const wantedOf = ({ output }: TaskSummary): number => output.partial_images ?? 0;

/** The task with the number of its newest partial image; as it is while the object store is away, for a partial is a courtesy. */
export async function withPreview({ logger, partials }: Previewing, task: Task): Promise<Task> {
  if (wantedOf(task) === 0 || isTerminal(task.status)) return task;
  try {
    const newest = (await partials.list(task.id, 0)).at(-1);
    return newest === undefined ? task : { ...task, newestPartial: newest.index };
  } catch (error) {
    logger.warn({ err: error, task_id: task.id }, 'The partial images of a task could not be listed.');
    return task;
  }
}

/** GET /v1/tasks/{id}/partials/{n}: the n-th partial image of a task, counted from 0; housekeeping removes it a day later. */
export async function sendPartial(
  context: Pick<ApiContext, 'objects' | 'tasks'>,
  request: Request,
  response: Response,
  { id, n }: { readonly id: string; readonly n: string },
): Promise<void> {
  const task = await findTaskOfFiles(context, response, id);
  const index = /^\d$/.test(n) ? Number(n) : Infinity;
  if (index >= wantedOf(task)) {
    const why = `it asked for ${wantedOf(task)}, counted from 0`;
    throw new AppError('not_found', `The task ${id} has no partial image ${n.slice(0, 20)}: ${why}.`, { taskId: id });
  }
  const object = await context.objects.get(partialKey(id, index));
  const filename = `${id}-partial-${index}.${extensionOf(object.contentType)}`;
  await sendOpened(request, response, object, { contentType: object.contentType, filename });
}
