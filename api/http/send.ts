import type { Response } from 'express';
import { addLogFields } from '../../lib/log-context';
import { writeJson } from '../../domain/large-integers';
import type { RateState } from '../../domain/access/rate-state';
import { elapsedMs, localsOf } from './context';
import { setRate } from './rate-headers';

/** Names the run of an answer, its provider once one is chosen, and the parameters that this one was not given. Call it as soon as a run exists: errors need it too. */
export function setRun(response: Response, taskId: string, provider?: string | null): void {
  response.setHeader('x-atelier-run-id', taskId);
  addLogFields({ task_id: taskId });
  if (provider !== undefined && provider !== null) response.setHeader('x-atelier-provider', provider);
  const dropped = localsOf(response).droppedBy?.(provider ?? null) ?? '';
  if (dropped !== '') response.setHeader('x-atelier-dropped', dropped);
  else response.removeHeader('x-atelier-dropped');
}

/** As `setRun`, for a run that the request has just made, with what is left of its key's rate. */
export function setMade(response: Response, { taskId, rate }: { readonly taskId: string; readonly rate?: RateState }): void {
  setRun(response, taskId);
  if (rate !== undefined) setRate(response, rate);
}

/** Headers of every answer of the /v1 surface; to be called last before the first byte goes out. */
export function setProcessingTime(response: Response): void {
  response.setHeader('openai-processing-ms', String(Math.round(elapsedMs(response))));
}

/** Answers with JSON. */
export function sendJson(response: Response, status: number, body: unknown): void {
  const text = writeJson(body);
  setProcessingTime(response);
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

/**
 * Answers with a page of a list.
 * @param idOf - what `after` names an item by: the edges of the page
 */
export function sendList<Item>(response: Response, data: readonly Item[], idOf: (item: Item) => string | null, hasMore = false): void {
  const [first, last] = [data[0], data.at(-1)];
  sendJson(response, 200, {
    object: 'list',
    data,
    first_id: first === undefined ? null : idOf(first),
    last_id: last === undefined ? null : idOf(last),
    has_more: hasMore,
  });
}
