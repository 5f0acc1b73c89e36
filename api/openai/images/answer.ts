import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { AppError } from '../../../domain/errors';
import { signLinks } from '../../../domain/task/asset-links';
import { assertContentsKept } from '../../../domain/task/retention';
import type { TaskSummary } from '../../../domain/task/task';
import type { ApiContext, Awaiting, Presenting } from '../../deps';
import { baseUrlOf } from '../../http/request-headers';
import { callerOf, catalogueOf, scopeOf } from '../../http/context';
import { findTask, loadTask } from '../../tasks/find';
import { presentTask } from '../../tasks/present';
import { sendJson, setProcessingTime, setRun } from '../../http/send';
import { providerOf } from '../submit-media';
import { inlineAnswer } from './inline';
import { imageAnswer } from './map';
import type { GenerationRequest } from './schema';
import { streamImages } from './stream';
import { finishedTask, type FinishedImages } from './wait';

type Deps = Awaiting & Presenting & Pick<ApiContext, 'catalogue' | 'logger' | 'mediaLane' | 'objects' | 'partials'>;

/** Waits for the task and answers in the way the request asks for, else in the way of its key. */
export async function answerImages(
  context: Deps,
  request: Request,
  response: Response,
  taskId: string,
  wishes: Pick<GenerationRequest, 'stream' | 'response_format'> & { readonly model: string },
): Promise<void> {
  // What was made here waits in memory until the answer has gone out.
  response.once('close', () => context.mediaLane.release(taskId));
  if (response.destroyed) context.mediaLane.release(taskId);
  if (prefersAsync(request)) {
    const task = await findTask(context, scopeOf(response), taskId);
    setRun(response, taskId, providerOf(task));
    response.setHeader('preference-applied', 'respond-async');
    sendJson(response, 202, presentTask(context, request, await loadTask(context, response, taskId)));
    return;
  }
  const model = catalogueOf(context, response).models.get(wishes.model);
  const timeoutMs = model?.timeouts.totalMs ?? 0;
  if (wishes.stream === true) {
    await streamImages(context, response, taskId, {
      timeoutMs,
      linksTo: wishes.response_format === 'url' ? (task) => linksTo(context, request, task) : null,
    });
    return;
  }
  const finished = await finishedTask(context, response, taskId, timeoutMs);
  if (finished === null) return;
  const { task } = finished;
  assertContentsKept(task);
  const format = wishes.response_format ?? callerOf(response).defaults.images;
  if (format === 'b64_json') await sendInline(context, response, finished);
  else sendJson(response, 200, imageAnswer(task, linksTo(context, request, task)));
}

/** Links to the images of a task, in order. */
function linksTo(context: Presenting, request: Request, task: TaskSummary): { readonly url: string }[] {
  const links = signLinks(context.links, task.outputs, { baseUrl: baseUrlOf(context.settings, request), now: context.now() });
  return task.outputs.flatMap(({ id }) => links.get(id) ?? []).map(({ url }) => ({ url }));
}

/**
 * Answers with the images themselves, one after the other as the client reads. The first is read before the answer begins, so that a
 * store that is away is still an error with a status.
 */
async function sendInline({ objects }: Pick<ApiContext, 'objects'>, response: Response, { task, contents }: FinishedImages): Promise<void> {
  const [firstOutput] = task.outputs;
  const first = firstOutput === undefined ? null : (contents[0] ?? (await objects.read(firstOutput.key)));
  setProcessingTime(response);
  response.statusCode = 200;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  // An answer that breaks off cannot become an error: closing the connection tells the client that it is not whole.
  await pipeline(Readable.from(inlineAnswer(objects, task, [first, ...contents.slice(1)]), { highWaterMark: 1 }), response).catch(() =>
    response.destroy(),
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
    'Variations are retired. Use POST /v1/images/edits with the image and a prompt such as "a variation of this image".',
  );
}
