import type { Request, Response } from 'express';
import { providerCost } from '../../domain/admission/quote';
import { formatUsd } from '../../domain/money/money';
import { routeOf } from '../../domain/provider/catalogue';
import { distinctRoutes, type PlannedRoute } from '../../domain/provider/routing';
import type { GenerationInput } from '../../domain/task/generation';
import type { ApiContext, UsingTemplates } from '../deps';
import { sendJson } from '../http/send';
import { quote } from '../submit/prepare';
import type { Submission } from '../submit/submission';
import { requestedTask, restOf } from './create';
import { pendingInputOf } from './input';

/** POST /v1/tasks/estimate: what a task would hold and who would serve it; nothing is stored. */
export async function estimateTask(
  context: UsingTemplates & Pick<ApiContext, 'catalogue' | 'now' | 'routeState'>,
  request: Request,
  response: Response,
): Promise<void> {
  const { body, template } = await requestedTask(context, request, response);
  const input = pendingInputOf(body);
  const submission = { ...restOf(context, request, response, body, template), input };
  const { model, boundMicroUsd, routes, skipped } = quote(context, submission);
  const bound = formatUsd(boundMicroUsd);
  sendJson(response, 200, {
    object: 'task.estimate',
    type: model.modality,
    model: model.name,
    cost: { currency: 'USD', estimated: bound, reserved: bound },
    routing: { requested: model.name, candidates: candidatesOf(submission, model.name, routes), skipped },
  });
}

/** Who would be tried in turn, each provider's model once, and what it takes for the request at most. */
function candidatesOf({ catalogue, input }: Submission<GenerationInput>, taskModel: string, routes: readonly PlannedRoute[]) {
  return distinctRoutes(routes.map((route) => ({ ...route, key: null }))).flatMap((planned) => {
    const model = catalogue.models.get(planned.served ?? taskModel);
    const route = routeOf(catalogue, planned.served ?? taskModel, planned);
    if (model === undefined || route === undefined) return [];
    return [{ provider: planned.provider, model: planned.model, estimated_usd: formatUsd(providerCost(model, route, input)) }];
  });
}
