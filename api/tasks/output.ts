import type { Request, Response } from 'express';
import { AppError } from '../../domain/errors';
import { isTerminal } from '../../domain/task/task';
import { filenameOf } from '../assets/map';
import { sendObject } from '../assets/send-object';
import type { ApiContext } from '../deps';
import { findTaskOfFiles } from './find';

/** GET /v1/tasks/{id}/outputs/{n}/content: the n-th of the task's `outputs`, counted from 0, whole or by `Range`. */
export async function sendOutput(
  context: Pick<ApiContext, 'objects' | 'tasks'>,
  request: Request,
  response: Response,
  { id, n }: { readonly id: string; readonly n: string },
): Promise<void> {
  const task = await findTaskOfFiles(context, response, id);
  const asset = /^\d{1,3}$/.test(n) ? task.outputs[Number(n)] : undefined;
  if (asset === undefined) {
    const why = isTerminal(task.status)
      ? `it is ${task.status} and has ${task.outputs.length} outputs, counted from 0`
      : `it is ${task.status}`;
    throw new AppError('not_found', `The task ${id} has no output ${n.slice(0, 20)}: ${why}.`, { taskId: id });
  }
  await sendObject(context, request, response, { ...asset, filename: filenameOf(asset) });
}
