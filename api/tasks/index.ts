import { Router } from 'express';
import type { ApiContext } from '../deps';
import { expectJson, readJson } from '../http/json-body';
import { allowOnly } from '../http/methods';
import { authenticate } from '../middleware/authenticate';
import { MAX_JSON_BYTES } from '../uploads/limits';
import { answerTask } from './answer';
import { cancelTask } from './cancel';
import { createTask } from './create';
import { estimateTask } from './estimate';
import { streamEvents } from './events';
import { explain } from './explanation';
import { listTasks } from './list';
import { sendOutput } from './output';

/** Routes of /v1/tasks. */
export function tasksRouter(context: ApiContext): Router {
  const router = Router();
  const authenticated = authenticate(context);
  const json = [expectJson(MAX_JSON_BYTES), authenticated, readJson(MAX_JSON_BYTES)];

  router
    .route('/tasks')
    .post(...json, (request, response) => createTask(context, request, response))
    .get(authenticated, (request, response) => listTasks(context, request, response))
    .all(allowOnly('GET', 'POST'));
  router
    .route('/tasks/estimate')
    .post(...json, (request, response) => estimateTask(context, request, response))
    .all(allowOnly('POST'));
  router
    .route('/tasks/:id')
    .get(authenticated, (request, response) => answerTask(context, request, response, request.params.id, 'read'))
    .all(allowOnly('GET'));
  router
    .route('/tasks/:id/events')
    .get(authenticated, (request, response) => streamEvents(context, request, response, request.params.id))
    .all(allowOnly('GET'));
  router
    .route('/tasks/:id/explanation')
    .get(authenticated, (request, response) => explain(context, request, response, request.params.id))
    .all(allowOnly('GET'));
  router
    .route('/tasks/:id/cancel')
    .post(authenticated, (request, response) => cancelTask(context, request, response, request.params.id))
    .all(allowOnly('POST'));
  router
    .route('/tasks/:id/outputs/:n/content')
    .get(authenticated, (request, response) => sendOutput(context, request, response, request.params))
    .all(allowOnly('GET'));
  return router;
}
