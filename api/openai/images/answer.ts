import type { Request, Response } from 'express';
import { AppError } from '../../../domain/errors';
import { assertContentsKept } from '../../../domain/task/retention';
import type { Task } from '../../../domain/task/task';
import type { ApiContext } from '../../deps';
import { callerOf } from '../../http/context';
import { findTask } from '../../tasks/find';
import { presentTask } from '../../tasks/present';
import { sendJson, setRun } from '../../http/send';
import { providerOf } from '../submit-media';
import { imageAnswer, type PictureContent } from './map';
import type { GenerationRequest } from './schema';
import { streamPictures } from './stream';
import { finishedTask } from './wait';

/** Signed links of answers work this long; the task signs new ones at every read. */
const LINK_S = 3_600;

/** Waits for the task and answers in the way the request asks for. */
export async function answerImages(
  context: ApiContext,
  request: Request,
  response: Response,
  taskId: string,
  wishes: Pick<GenerationRequest, 'stream' | 'response_format'> & { readonly model: string },
): Promise<void> {
  if (prefersAsync(request)) {
    const task = await findTask(context, callerOf(response), taskId);
    setRun(response, taskId, providerOf(task));
    response.setHeader('preference-applied', 'respond-async');
    sendJson(response, 202, await presentTask(context, request, task));
    return;
  }
  const model = (await context.catalogue.current()).models.get(wishes.model);
  const timeoutMs = model?.timeouts.totalMs ?? 0;
  if (wishes.stream === true) {
    await streamPictures(context, response, taskId, timeoutMs);
    return;
  }
  const task = await finishedTask(context, response, taskId, timeoutMs);
  if (task === null) return;
  assertContentsKept(task);
  sendJson(response, 200, imageAnswer(task, await contentsOf(context, task, wishes.response_format === 'b64_json')));
}

function contentsOf(context: ApiContext, task: Task, isInline: boolean): Promise<PictureContent[]> {
  return Promise.all(
    task.outputs.map(async (output): Promise<PictureContent> =>
      isInline
        ? { b64_json: Buffer.from(await context.objects.read(output.key)).toString('base64') }
        : { url: await context.objects.sign(output.key, LINK_S) },
    ),
  );
}

/** True for `Prefer: respond-async`. */
function prefersAsync(request: Request): boolean {
  return /(?:^|[,;\s])respond-async(?=$|[,;\s])/i.test([request.headers['prefer'] ?? ''].flat().join(','));
}

/** `POST /v1/images/variations`: retired upstream. */
export function refuseVariations(): never {
  throw new AppError(
    'not_found',
    'Variations are retired. Use POST /v1/images/edits with the picture and a prompt such as "a variation of this picture".',
  );
}
