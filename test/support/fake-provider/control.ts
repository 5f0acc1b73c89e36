import type { ServerResponse } from 'node:http';
import type { Parts } from './parts';
import type { Step } from './plan';
import type { RecordedRequest } from './records';
import { sendError, sendJson } from './reply';

/**
 * The fake's own routes, for a fake in another process:
 * `POST /fake/script {model, steps}`, `POST /fake/behaviour {thinkMs, ...}`, `POST /fake/reset`, `GET /fake/counts`, `GET /fake/requests`.
 */
export function control(parts: Parts, request: RecordedRequest, response: ServerResponse): void {
  const { plan, records, behaviour } = parts;
  switch (`${request.method} ${request.path}`) {
    case 'POST /fake/script':
      plan.script(request.model ?? '*', request.body['steps'] as Step[]);
      break;
    case 'POST /fake/behaviour':
      Object.assign(behaviour, request.body);
      break;
    case 'POST /fake/reset':
      reset(parts);
      break;
    case 'GET /fake/counts': {
      const { calls, callsByModel, createsByKey, createsByPrompt, creates, unfinished } = records.counts;
      const maps = { calls, callsByModel, createsByKey, createsByPrompt, unfinished };
      const plain = Object.entries(maps).map(([name, map]) => [name, Object.fromEntries(map)]);
      sendJson(response, 200, { ...Object.fromEntries(plain), creates });
      return;
    }
    case 'GET /fake/requests':
      sendJson(response, 200, records.requests);
      return;
    default:
      sendError(response, 404, 'not_found', `The fake has no ${request.path}.`);
      return;
  }
  sendJson(response, 200, {});
}

/** Forgets steps, requests, counts and jobs. */
export function reset(parts: Parts): void {
  parts.plan.clear();
  parts.records.clear();
  parts.videos.clear();
}
