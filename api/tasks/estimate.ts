import type { Request, Response } from 'express';
import { providerCost } from '../../domain/admission/quote';
import type { QuoteRequest } from '../../domain/admission/request';
import { remainingOf, type Budget } from '../../domain/money/budget';
import { formatUsd } from '../../domain/money/money';
import { routeOf } from '../../domain/provider/catalogue';
import { distinctRoutes, type PlannedRoute } from '../../domain/provider/routing';
import type { ApiContext, UsingTemplates } from '../deps';
import { sendJson } from '../http/send';
import { quote } from '../submit/prepare';
import { requestedTask, restOf } from './create';
import { pendingInputOf } from './input';

/** POST /v1/tasks/estimate: what a task would hold and who would serve it; nothing is stored. */
export async function estimateTask(
  context: UsingTemplates & Pick<ApiContext, 'budgets' | 'catalogue' | 'now' | 'routeState' | 'typicalTimes'>,
  request: Request,
  response: Response,
): Promise<void> {
  const { body, template } = await requestedTask(context, request, response);
  const input = pendingInputOf(body);
  const submission = { ...restOf(context, request, response, body, template), input };
  const { model, boundMicroUsd, routes, skipped } = quote(context, submission);
  const bound = formatUsd(boundMicroUsd);
  const tightest = tightestOf(await context.budgets.bindingBudgets(submission.caller));
  const usual = (await context.typicalTimes.find('')).get(model.name);
  sendJson(response, 200, {
    object: 'task.estimate',
    type: model.modality,
    model: model.name,
    cost: { currency: 'USD', estimated: bound, reserved: bound },
    fits: tightest === null || boundMicroUsd <= remainingOf(tightest),
    budget:
      tightest === null
        ? null
        : { name: tightest.name, remaining_usd: formatUsd(remainingOf(tightest)), resets_at: tightest.resetsAt?.toISOString() ?? null },
    duration_s: usual === undefined ? null : Math.ceil(usual.p50),
    routing: { requested: model.name, candidates: candidatesOf(submission, model.name, routes), skipped },
  });
}

/** The budget with the least left; null: none binds the caller. */
function tightestOf(budgets: readonly Budget[]): Budget | null {
  return budgets.reduce<Budget | null>(
    (least, budget) => (least === null || remainingOf(budget) < remainingOf(least) ? budget : least),
    null,
  );
}

/** Who would be tried in turn, each provider's model once, and what it takes for the request at most. */
export function candidatesOf(
  { catalogue, input }: Pick<QuoteRequest, 'catalogue' | 'input'>,
  taskModel: string,
  routes: readonly PlannedRoute[],
) {
  return distinctRoutes(routes.map((route) => ({ ...route, key: null }))).flatMap((planned) => {
    const model = catalogue.models.get(planned.served ?? taskModel);
    const route = routeOf(catalogue, planned.served ?? taskModel, planned);
    if (model === undefined || route === undefined) return [];
    return [{ provider: planned.provider, model: planned.model, estimated_usd: formatUsd(providerCost(model, route, input)) }];
  });
}
