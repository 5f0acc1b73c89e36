import type { Request, Response } from 'express';
import { parseUsd, type MicroUsd } from '../../domain/money/money';
import type { TemplateUse } from '../../domain/template/use';
import type { ApiContext, Awaiting, Sourcing, SubmittingMedia, UsingTemplates } from '../deps';
import { callerOf, catalogueOf } from '../http/context';
import { heldBy } from '../http/held';
import { idempotencyKeyOf } from '../http/request-headers';
import { originOf } from '../http/request-origin';
import { setMade } from '../http/send';
import { findEarlier, submitMedia, submitText, type Submitted } from '../submit';
import { quote } from '../submit/prepare';
import { wishOf } from '../submit/routing-fields';
import type { Submission } from '../submit/submission';
import { createTemplates } from '../templates/use';
import { answerTask, taskAnswer } from './answer';
import { chatInputOf, mediaInputOf, withSources } from './input';
import { parseTask } from './parse';
import type { Previewing } from './partial';
import type { TaskBody } from './schema';

type Deps = Awaiting & Previewing & Sourcing & SubmittingMedia & UsingTemplates & Pick<ApiContext, 'catalogue' | 'lane' | 'now'>;

/** POST /v1/tasks */
export async function createTask(context: Deps, request: Request, response: Response): Promise<void> {
  const { body, template } = await requestedTask(context, request, response);
  const rest = restOf(context, request, response, body, template);
  const { caller, endpoint, idempotencyKey: key, fingerprint } = rest;
  const earlier = await findEarlier(context, { caller, endpoint, key, fingerprint });
  const submitted = earlier === null ? await submit(context, response, body, rest) : { taskId: earlier, isRepeat: true };
  const { taskId, isRepeat } = submitted;
  setMade(response, submitted);
  if (isRepeat) response.setHeader('idempotent-replayed', 'true');
  await answerTask(context, request, response, taskId, isRepeat ? 'repeated' : 'created');
}

/** The checked body of a task, the template that it names rendered. */
export async function requestedTask(
  context: UsingTemplates,
  request: Request,
  response: Response,
): Promise<{ readonly body: TaskBody; readonly template: TemplateUse | null }> {
  const { body, template } = await createTemplates(context, callerOf(response).teamId, response).expand(request.body);
  return { body: parseTask(body), template };
}

type Rest = Omit<Submission<never>, 'input'> & { readonly fingerprint: () => unknown };

/** All of a submission but its input. */
export function restOf(
  context: Pick<ApiContext, 'catalogue' | 'now'>,
  request: Request,
  response: Response,
  body: TaskBody,
  template: TemplateUse | null,
): Rest {
  const finishWithinS = body.deadline?.finish_within_s;
  return {
    catalogue: catalogueOf(context, response),
    caller: callerOf(response),
    origin: originOf(request, response, taskAnswer(request)),
    endpoint: 'tasks',
    model: body.model,
    idempotencyKey: idempotencyKeyOf(request),
    template,
    // A template may have another published version when the request is repeated.
    fingerprint: () => (template === null ? body : (request.body as unknown)),
    externalId: body.external_id ?? null,
    metadata: body.metadata ?? {},
    callbackUrl: body.callback_url ?? null,
    priority: body.priority ?? 'normal',
    deadlineAt: finishWithinS === undefined ? null : new Date(context.now().getTime() + finishWithinS * 1_000),
    maxCostMicroUsd: ceilingOf(body.budget),
    ...wishOf(body),
  };
}

/** A budget as its ceiling; null: none. */
export function ceilingOf(budget: TaskBody['budget']): MicroUsd | null {
  return budget === undefined || budget === null ? null : parseUsd(budget.max_cost_usd, 'budget.max_cost_usd');
}

async function submit(
  context: Sourcing & SubmittingMedia & Pick<ApiContext, 'lane'>,
  response: Response,
  body: TaskBody,
  rest: Rest,
): Promise<Submitted> {
  if (body.type === 'text') {
    const input = chatInputOf(body);
    await checkCallback(context, rest);
    const submitted = await submitText(context, { ...rest, input });
    if (!submitted.isRepeat) context.lane.background(submitted.admission, heldBy(response).keep());
    return submitted;
  }
  const pending = mediaInputOf(body);
  // What can be refused without keeping a file is refused first.
  quote(context, { ...rest, input: pending });
  await checkCallback(context, rest);
  return submitMedia(context, { ...rest, input: await withSources(context, rest.caller, body, pending) });
}

async function checkCallback(context: Pick<ApiContext, 'egress'>, { callbackUrl }: Rest): Promise<void> {
  if (callbackUrl !== undefined && callbackUrl !== null) await context.egress.check(callbackUrl, 'callback_url');
}
