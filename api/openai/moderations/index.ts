import type { Router, Request, Response } from 'express';
import { mayUseModel } from '../../../domain/access/caller';
import { AppError } from '../../../domain/errors';
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
import { moderationsBody } from './schema';

/** Parts may hold images in base64. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** What OpenAI takes for a request without a model. */
const DEFAULT_MODEL = 'omni-moderation-latest';

type Deps = Awaiting & Pick<ApiContext, 'catalogue' | 'droppedParams' | 'lane' | 'newId' | 'routeState' | 'settings'>;

/** POST /v1/moderations */
export function moderationsRouter(context: Authenticating & Deps): Router {
  const routes = createRoutes(context, '/v1');
  routes.post('/moderations', jsonOf(MAX_BODY_BYTES), (request, response) => moderate(context, request, response));
  return routes.done();
}

async function moderate(context: Deps, request: Request, response: Response): Promise<void> {
  const body = parseWith(moderationsBody, withModel(request.body));
  const { model: named, input, routing, models, ...params } = body;
  const model = named ?? defaultModel(context, response);
  noteParams(context, response, { operation: 'moderation', model, params });
  const submitted = await submitText(context, {
    catalogue: catalogueOf(context, response),
    caller: callerOf(response),
    origin: originOf(request, response),
    endpoint: 'moderations',
    model,
    input: { operation: 'moderation', input, params },
    idempotencyKey: idempotencyKeyOf(request),
    ...wishOf({ routing, models }),
  });
  const { taskId, isRepeat, admission } = submitted;
  setMade(response, submitted);
  const end = isRepeat ? await endOfEarlier(context, response, taskId) : await runToEnd(context, response, admission);
  if (end !== null) sendEnd(response, taskId, end);
}

function defaultModel(context: Pick<ApiContext, 'catalogue'>, response: Response): string {
  const all = [...catalogueOf(context, response).models.values()].filter((model) => mayUseModel(callerOf(response), model));
  if (all.some(({ name }) => name === DEFAULT_MODEL)) return DEFAULT_MODEL;
  const able = all.filter(({ capabilities }) => capabilities.moderations === true).map(({ name }) => name);
  const hint = able.length === 0 ? 'GET /v1/models lists the models of this key.' : `It may be: ${able.slice(0, 8).join(', ')}.`;
  throw new AppError('missing_required_parameter', `Missing required parameter: model. This server has no ${DEFAULT_MODEL}. ${hint}`, {
    param: 'model',
  });
}
