import type { Batch } from '../../../../domain/batch/batch';
import type { CampaignItemSummary } from '../../../../domain/campaign/campaign';
import { AppError, errorPolicy, isAppError } from '../../../../domain/errors';
import { writeJson } from '../../../../domain/large-integers';
import { signLinks } from '../../../../domain/task/asset-links';
import { assertContentsKept } from '../../../../domain/task/retention';
import type { Usage } from '../../../../domain/task/generation';
import type { TaskSummary } from '../../../../domain/task/task';
import type { ApiContext } from '../../../deps';
import { errorBody, errorOfTask } from '../../../errors';
import { inlineAnswer } from '../../images/inline';
import { imageAnswer } from '../../images/map';
import { factsOf } from '../../responses/object';
import { storedObject } from '../../responses/stored';
import { videoObject } from '../../videos/map';

/** OpenAI keeps the files of a batch a day for those who fetch them by link. */
const LINK_LIFE_S = 24 * 3_600;

export type Answering = Pick<ApiContext, 'links' | 'objects' | 'tasks'>;

/** A line of an output file, in pieces, and what it used. */
export interface WrittenLine {
  readonly pieces: AsyncIterable<string> | Iterable<string>;
  readonly usage: Usage | null;
}

/** The line of an item that succeeded: what its endpoint would have answered. */
export async function answeredLine(context: Answering, batch: Batch, item: CampaignItemSummary): Promise<WrittenLine> {
  const { taskId } = item;
  try {
    if (taskId === null) throw new AppError('internal', 'The line succeeded without a task.');
    const { body, usage } = await bodyOf(context, batch, item, taskId);
    const [head, tail] = frameOf(batch, item, { status: 200, requestId: taskId });
    return typeof body === 'string' ? { pieces: [`${head}${body}${tail}`], usage } : { pieces: inFrame(head, body, tail), usage };
  } catch (error) {
    if (!isAppError(error) || errorPolicy(error.code).status >= 500) throw error;
    return { pieces: [refused(batch, item, error)], usage: null };
  }
}

/** The line of an item that did not succeed. */
export function failedLine(batch: Batch, item: CampaignItemSummary): string {
  if (item.status === 'cancelled' && batch.ending !== 'completed') {
    const error =
      batch.ending === 'expired'
        ? { code: 'batch_expired', message: 'This request could not be executed before the completion window expired.' }
        : { code: 'batch_cancelled', message: 'This request was not executed: the batch was cancelled.' };
    return `${JSON.stringify({ id: lineId(batch, item), custom_id: item.key, response: null, error })}\n`;
  }
  const isCancelled = item.error === null && item.status === 'cancelled';
  const error = isCancelled ? new AppError('cancelled', 'The generation was cancelled.') : errorOfTask(item.error, item.taskId ?? '');
  return refused(batch, item, error);
}

function refused(batch: Batch, item: CampaignItemSummary, error: AppError): string {
  const requestId = item.taskId ?? lineId(batch, item);
  const [head, tail] = frameOf(batch, item, { status: errorPolicy(error.code).status, requestId });
  return `${head}${JSON.stringify(errorBody(error, requestId))}${tail}`;
}

interface Body {
  readonly body: string | AsyncIterable<string>;
  readonly usage: Usage | null;
}

async function bodyOf(context: Answering, batch: Batch, item: CampaignItemSummary, taskId: string): Promise<Body> {
  switch (batch.endpoint) {
    case '/v1/chat/completions':
    case '/v1/embeddings': {
      const task = present(await context.tasks.findAnswered(taskId, batch.teamId), taskId);
      if (task.textResult === null) throw noAnswer(taskId);
      return { body: writeJson(task.textResult.body), usage: task.usage };
    }
    case '/v1/responses': {
      const task = present(await context.tasks.get(taskId, batch.teamId), taskId);
      const facts = factsOf(task);
      if (facts === null || task.textResult === null) throw noAnswer(taskId);
      return { body: writeJson(storedObject({ task, facts })), usage: task.usage };
    }
    case '/v1/images/generations': {
      const task = present(await context.tasks.find(taskId, batch.teamId), taskId);
      await assertStored(context, task);
      const format = item.answer?.images ?? batch.wording.images;
      return { body: format === 'url' ? linked(context, batch, task) : inlineAnswer(context.objects, task), usage: task.usage };
    }
    case '/v1/videos': {
      const task = present(await context.tasks.get(taskId, batch.teamId), taskId);
      return { body: writeJson(videoObject(task, task.input.operation === 'video' ? task.input.prompt : null)), usage: task.usage };
    }
  }
}

function present<Found extends TaskSummary>(task: Found | null, taskId: string): Found {
  if (task === null) throw noAnswer(taskId);
  assertContentsKept(task);
  return task;
}

/** A line that has begun cannot become an error any more. @throws AppError `not_found` */
async function assertStored({ objects }: Answering, { id, outputs }: TaskSummary): Promise<void> {
  for (const { key } of outputs) if (!(await objects.exists(key))) throw noAnswer(id);
}

function noAnswer(taskId: string): AppError {
  return new AppError('not_found', `The answer of ${taskId} is no longer kept.`, { taskId });
}

function linked({ links }: Answering, batch: Batch, task: TaskSummary): string {
  const signed = signLinks(links, task.outputs, { baseUrl: batch.wording.baseUrl, now: endOfRun(batch), lifeS: LINK_LIFE_S });
  return JSON.stringify(
    imageAnswer(
      task,
      task.outputs.flatMap(({ id }) => signed.get(id) ?? []).map(({ url }) => ({ url })),
    ),
  );
}

/** When the lines of a batch had ended: the same however often its files are written. */
export function endOfRun({ finalizingAt, cancellingAt, createdAt }: Batch): Date {
  return finalizingAt ?? cancellingAt ?? createdAt;
}

/** What stands before and behind the body of an answer. */
function frameOf(
  batch: Batch,
  item: CampaignItemSummary,
  { status, requestId }: { readonly status: number; readonly requestId: string },
): readonly [head: string, tail: string] {
  const head = `{"id":${JSON.stringify(lineId(batch, item))},"custom_id":${JSON.stringify(item.key)}`;
  return [`${head},"response":{"status_code":${status},"request_id":${JSON.stringify(requestId)},"body":`, '},"error":null}\n'];
}

async function* inFrame(head: string, body: AsyncIterable<string>, tail: string): AsyncGenerator<string> {
  yield head;
  yield* body;
  yield tail;
}

function lineId({ id }: Batch, { index }: CampaignItemSummary): string {
  return `batch_req_${id.slice('batch_'.length)}${index.toString(16).padStart(6, '0')}`;
}
