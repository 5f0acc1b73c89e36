import type { Router, Request, Response } from 'express';
import type { ApiContext, Authenticating, Awaiting } from '../../deps';
import { callerOf, catalogueOf } from '../../http/context';
import { parseWith } from '../../http/faults';
import { originOf } from '../../http/request-origin';
import { idempotencyKeyOf } from '../../http/request-headers';
import { createRoutes, jsonOf } from '../../http/routes';
import { setMade } from '../../http/send';
import { submitText } from '../../submit';
import { withModel, wishOf } from '../../submit/routing-fields';
import { noteParams } from '../params';
import { endOfEarlier, runToEnd, sendEnd } from '../text-answer';
import { embeddingsBody } from './schema';

/** Two thousand inputs of usual length fit. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

type EmbeddingsRouterDeps = Authenticating & Awaiting & Pick<ApiContext, 'catalogue' | 'droppedParams' | 'lane' | 'newId' | 'routeState'>;

/** POST /v1/embeddings */
export function embeddingsRouter(context: EmbeddingsRouterDeps): Router {
  const routes = createRoutes(context, '/v1');
  routes.post('/embeddings', jsonOf(MAX_BODY_BYTES), (request, response) => embed(context, request, response));
  return routes.done();
}

type EmbedDeps = Awaiting & Pick<ApiContext, 'catalogue' | 'droppedParams' | 'lane' | 'newId' | 'routeState' | 'settings'>;

async function embed(context: EmbedDeps, request: Request, response: Response): Promise<void> {
  const { model, input, routing, models, ...params } = parseWith(embeddingsBody, withModel(request.body));
  noteParams(context, response, { operation: 'embedding', model, params });
  const submitted = await submitText(context, {
    catalogue: catalogueOf(context, response),
    caller: callerOf(response),
    origin: originOf(request, response),
    endpoint: 'embeddings',
    model,
    input: { operation: 'embedding', input, params },
    idempotencyKey: idempotencyKeyOf(request),
    ...wishOf({ routing, models }),
  });
  const { taskId, isRepeat, admission } = submitted;
  setMade(response, submitted);
  const end = isRepeat ? await endOfEarlier(context, response, taskId) : await runToEnd(context, response, admission);
  if (end !== null) sendEnd(response, taskId, end);
}
