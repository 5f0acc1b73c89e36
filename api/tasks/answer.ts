import type { Request, Response } from 'express';
import { isTerminal } from '../../domain/task';
import type { ApiContext } from '../deps';
import { callerOf } from '../http/context';
import { matchesEtag } from '../http/etag';
import { preferredWaitS } from '../http/request-headers';
import { sendJson, setRun } from '../http/send';
import { whileConnected } from '../watch/while-connected';
import { findTask } from './find';
import { etagOf, pollAfterMs, presentTask } from './present';

/**
 * Answers with the task as it is, or as it is after `Prefer: wait=N`: 200 when it has ended, otherwise `unfinishedStatus`
 * (202 whenever the client asked to wait and it has not).
 */
export async function answerTask(
  context: ApiContext,
  request: Request,
  response: Response,
  id: string,
  unfinishedStatus: 200 | 202,
): Promise<void> {
  const caller = callerOf(response);
  const waitS = preferredWaitS(request);
  let task = await findTask(context, caller, id);
  setRun(response, id);
  if (waitS !== null) {
    response.setHeader('preference-applied', `wait=${waitS}`);
    if (!isTerminal(task.status) && waitS > 0) {
      await whileConnected(context, response, (signal) => context.watcher.waitForEnd(id, { timeoutMs: waitS * 1_000, signal }));
      if (response.destroyed) return;
      task = await findTask(context, caller, id);
    }
  }
  setRun(response, id, task.attempts.at(-1)?.provider);
  const etag = etagOf(context, task);
  response.setHeader('etag', etag);
  response.setHeader('cache-control', 'private, no-cache');
  const afterMs = pollAfterMs(task);
  if (afterMs !== null) {
    response.setHeader('retry-after', String(Math.ceil(afterMs / 1_000)));
    response.setHeader('openai-poll-after-ms', String(afterMs));
  }
  if (request.method === 'GET' && matchesEtag(request.headers['if-none-match'], etag)) {
    response.statusCode = 304;
    response.end();
    return;
  }
  const status = isTerminal(task.status) ? 200 : waitS === null ? unfinishedStatus : 202;
  const object = await presentTask(context, request, task);
  if (status === 202) response.setHeader('location', object.links.self);
  sendJson(response, status, object);
}
