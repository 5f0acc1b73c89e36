import type { Router, Request, Response } from 'express';
import { AppError } from '../../../domain/errors';
import { isTerminal } from '../../../domain/task/task';
import type { ApiContext, Authenticating, UsingTemplates } from '../../deps';
import { parseWith } from '../../http/faults';
import { createRoutes, jsonOf } from '../../http/routes';
import { sendJson, sendList } from '../../http/send';
import { CANCEL_SHOWS_MS, requestCancel } from '../../tasks/cancel';
import { removeTask } from '../../tasks/remove';
import type { AnsweringChats } from '../text-answer';
import { followResponse } from './background';
import { createResponse } from './create';
import { inputItemsOf } from './input-items';
import { createLiveResponses, type LiveResponses } from './live';
import { inputItemsQuery, retrieveQuery } from './schema';
import { findResponse, storedObject } from './stored';

/** Input items may hold images in base64. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

type Deps = AnsweringChats & UsingTemplates & Pick<ApiContext, 'draining' | 'runner' | 'tasks'>;

/** Routes of /v1/responses. */
export function responsesRouter(context: Authenticating & Deps): Router {
  const routes = createRoutes(context, '/v1');
  const live = createLiveResponses();

  routes.post('/responses', jsonOf(MAX_BODY_BYTES, { keepsIntegers: true }), (request, response) =>
    createResponse(context, live, request, response),
  );
  routes.get('/responses/:id', (request, response) => retrieve(context, live, request, response, request.params.id));
  routes.delete('/responses/:id', (request, response) => remove(context, response, request.params.id));
  routes.post('/responses/:id/cancel', (request, response) => cancel(context, response, request.params.id));
  routes.get('/responses/:id/input_items', (request, response) => listInputItems(context, request, response, request.params.id));
  return routes.done();
}

async function retrieve(context: Deps, live: LiveResponses, request: Request, response: Response, id: string): Promise<void> {
  const query = parseWith(retrieveQuery, request.query);
  const stored = await findResponse(context, response, id);
  if (query.stream !== 'true') {
    sendJson(response, 200, storedObject(stored));
    return;
  }
  if (!stored.facts.isBackground) {
    throw new AppError('invalid_value', `Only a background response can be streamed again; ${id} is none. Retrieve it without stream.`, {
      param: 'stream',
      taskId: stored.task.id,
    });
  }
  await followResponse(context, response, live, { stored, after: query.starting_after ?? -1 });
}

async function remove(context: Deps, response: Response, id: string): Promise<void> {
  const { task } = await findResponse(context, response, id);
  await removeTask(context, task, 'response');
  sendJson(response, 200, { id, object: 'response', deleted: true });
}

/** Repeating it, or cancelling what has ended, changes nothing. */
async function cancel(context: Deps, response: Response, id: string): Promise<void> {
  const stored = await findResponse(context, response, id);
  const { task, facts } = stored;
  if (!facts.isBackground) {
    throw new AppError('invalid_value', `Only a background response can be cancelled; ${id} ends when its client leaves.`, {
      param: 'response_id',
      taskId: task.id,
    });
  }
  if (isTerminal(task.status)) {
    sendJson(response, 200, storedObject(stored));
    return;
  }
  await requestCancel(context, task);
  await context.watcher.waitForEnd(task.id, { timeoutMs: CANCEL_SHOWS_MS, signal: context.closing, isUrgent: true });
  sendJson(response, 200, storedObject(await findResponse(context, response, id)));
}

async function listInputItems(context: Deps, request: Request, response: Response, id: string): Promise<void> {
  const { limit, order, after } = parseWith(inputItemsQuery, request.query);
  const { task, facts } = await findResponse(context, response, id);
  const oldestFirst = inputItemsOf(task, facts);
  const items = order === 'asc' ? oldestFirst : [...oldestFirst].reverse();
  const start = after === undefined ? 0 : items.findIndex((item) => item.id === after) + 1;
  if (start === 0 && after !== undefined) {
    throw new AppError('not_found', `The response ${id} has no input item ${JSON.stringify(after.slice(0, 100))}.`, { param: 'after' });
  }
  const data = items.slice(start, start + limit);
  sendList(response, data, ({ id }) => id, start + limit < items.length);
}
