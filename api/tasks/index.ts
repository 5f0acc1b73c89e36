import type { Router } from 'express';
import type { ApiContext } from '../deps';
import { createRoutes, jsonOf } from '../http/routes';
import { MAX_JSON_BYTES } from '../uploads/limits';
import { answerTask } from './answer';
import { cancelTask } from './cancel';
import { createTask } from './create';
import { estimateTask } from './estimate';
import { streamEvents } from './events';
import { explain } from './explanation';
import { cancelTasks } from './bulk';
import { countTasks, listTasks } from './list';
import { sendOutput } from './output';
import { sendPartial } from './partial';

/** Routes of /v1/tasks. */
export function tasksRouter(context: ApiContext): Router {
  const routes = createRoutes(context, '/v1');
  const json = jsonOf(MAX_JSON_BYTES);

  routes.post('/tasks', json, (request, response) => createTask(context, request, response));
  routes.get('/tasks', (request, response) => listTasks(context, request, response));
  routes.post('/tasks/estimate', json, (request, response) => estimateTask(context, request, response));
  routes.get('/tasks/counts', (request, response) => countTasks(context, request, response));
  routes.post('/tasks/cancel', json, (request, response) => cancelTasks(context, request, response));
  routes.get('/tasks/:id', (request, response) => answerTask(context, request, response, request.params.id, 'read'));
  routes.get('/tasks/:id/events', (request, response) => streamEvents(context, request, response, request.params.id));
  routes.get('/tasks/:id/explanation', (request, response) => explain(context, request, response, request.params.id));
  routes.post('/tasks/:id/cancel', (request, response) => cancelTask(context, request, response, request.params.id));
  routes.get('/tasks/:id/outputs/:n/content', (request, response) => sendOutput(context, request, response, request.params));
  routes.get('/tasks/:id/partials/:n', (request, response) => sendPartial(context, request, response, request.params));
  return routes.done();
}
