import type { Request, Response } from 'express';
import { formatUsd } from '../../domain/money/money';
import type { ApiContext } from '../deps';
import { sendJson } from '../http/send';
import { quote } from '../submit/prepare';
import { restOf } from './create';
import { pendingInputOf } from './input';
import { parseTask } from './parse';

/** POST /v1/tasks/estimate: what a task would hold and who would serve it; nothing is stored. */
export async function estimateTask(context: Pick<ApiContext, 'catalogue' | 'now'>, request: Request, response: Response): Promise<void> {
  const body = parseTask(request.body);
  const input = pendingInputOf(body);
  const { model, boundMicroUsd, routes, skipped } = quote({ ...restOf(context, request, response, body), input });
  const bound = formatUsd(boundMicroUsd);
  sendJson(response, 200, {
    object: 'task.estimate',
    type: model.modality,
    model: model.name,
    cost: { currency: 'USD', estimated: bound, reserved: bound },
    routing: { requested: model.name, candidates: routes.map((route) => ({ provider: route.provider, model: route.model })), skipped },
  });
}
