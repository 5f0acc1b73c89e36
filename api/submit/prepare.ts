import { requireCeiling } from '../../domain/access/caller';
import type { Model } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';
import type { GenerationInput } from '../../domain/task/generation';
import { formatUsd, type MicroUsd } from '../../domain/money/money';
import { reservationBound } from '../../domain/money/pricing';
import { parameterLacking } from '../../domain/provider/media-support';
import { keptFallbacks, planRoutes, type KeptRouting, type SkippedRoute } from '../../domain/provider/plan';
import { placeOf, type PlannedRoute } from '../../domain/provider/routing';
import type { Admission } from '../../domain/task/store';
import type { ApiContext } from '../deps';
import { idempotencyRoute, requestHash } from './idempotency';
import { ableFallbacks, candidateModels } from './models';
import type { Submission } from './submission';

/** A request that is sure to be well formed, allowed and priced. */
export interface Quote {
  /** The one that the task is named after. */
  readonly model: Model;
  /** Upper bound of the price, whichever of its models serves. */
  readonly boundMicroUsd: MicroUsd;
  readonly routes: readonly PlannedRoute[];
  readonly skipped: readonly SkippedRoute[];
  readonly routing: KeptRouting | null;
}

/**
 * Checks models, permission, capabilities and the request's own budget, and plans its routes.
 * @throws AppError of `candidateModels`, `budget_exceeded`, `cost_ceiling_exceeded`, `model_not_allowed` when no route is for keys of this class, `invalid_value` when the
 *   hints leave no route, `unsupported_parameter` when none can do a parameter, `service_unavailable` when no route can serve
 */
export function quote(context: Pick<ApiContext, 'routeState'>, submission: Submission<GenerationInput>): Quote {
  const { catalogue, caller, input, maxCostMicroUsd, routing: { hints } = {} } = submission;
  const { main, models } = candidateModels(submission);
  const fallbacks = ableFallbacks(submission, main);
  const bounds = [...models, ...Object.values(fallbacks).flat()].map((model) => reservationBound(model, input));
  const boundMicroUsd = bounds.reduce((most, bound) => (bound > most ? bound : most), 0n);
  if (maxCostMicroUsd !== undefined && maxCostMicroUsd !== null && maxCostMicroUsd < boundMicroUsd) {
    throw new AppError(
      'budget_exceeded',
      `This request may cost up to ${formatUsd(boundMicroUsd)} USD, more than its budget of ${formatUsd(maxCostMicroUsd)} USD. Nothing was started.`,
      { param: 'budget.max_cost_usd' },
    );
  }
  requireCeiling(caller, boundMicroUsd);
  const { routes, skipped, able } = planRoutes({
    catalogue,
    models,
    taskModel: main.name,
    credentialClass: caller.credentialClass,
    ...(hints === undefined ? {} : { hints }),
    state: context.routeState,
    unsupported: parameterLacking(input),
    costOf: (route, model) => providerCost(model, route, input),
    random: Math.random,
  });
  if (routes.length === 0) throw noRoute(submission, main, skipped);
  const isUsual = hints === undefined && models.length === 1 && models[0] === main && !skipped.some(({ reason }) => reason.includes(':'));
  const kept = keptFallbacks(fallbacks);
  return { model: main, boundMicroUsd, routes, skipped, routing: isUsual ? kept : { ...kept, routes: able } };
}

/** What the provider of a route takes for a request at most. */
export function providerCost(model: Model, { cost }: Pick<Model['routes'][number], 'cost'>, input: GenerationInput): MicroUsd {
  return reservationBound(cost === undefined ? model : { ...model, price: cost }, input);
}

function noRoute({ caller, routing }: Submission<GenerationInput>, { name }: Model, skipped: readonly SkippedRoute[]): AppError {
  const model = JSON.stringify(name);
  const parameter = skipped.find(({ reason }) => reason.startsWith('parameter:'))?.reason.slice('parameter:'.length);
  if (parameter !== undefined) {
    return new AppError('unsupported_parameter', `No provider of the model ${model} that could serve this request knows ${parameter}.`, {
      param: parameter,
    });
  }
  if (skipped.some(({ reason }) => reason === 'class')) {
    const message = `The model ${model} has no route for keys of the class ${caller.credentialClass}.`;
    return new AppError('model_not_allowed', message, { param: 'model' });
  }
  if (skipped.length === 0 && routing?.hints !== undefined) {
    return new AppError('invalid_value', `None of the providers that routing leaves serves the model ${model}.`, { param: 'routing' });
  }
  return new AppError('service_unavailable', `No provider of the model ${model} is configured and enabled.`);
}

/** The admission of a quoted request. The first attempt at text begins in this process. */
export function admissionOf(
  context: Pick<ApiContext, 'newId' | 'settings'>,
  submission: Submission<GenerationInput>,
  { model, boundMicroUsd, routes, skipped, routing }: Quote,
): Admission {
  const { idempotencyKey: key, externalId, input } = submission;
  const needsHash = key !== null || (externalId !== undefined && externalId !== null);
  const first = routes[0];
  return {
    task: {
      id: context.newId('task'),
      type: model.modality,
      operation: input.operation,
      endpoint: submission.endpoint,
      model: model.name,
      input,
      caller: submission.caller,
      externalId: externalId ?? null,
      metadata: submission.metadata ?? {},
      callbackUrl: submission.callbackUrl ?? null,
      priority: submission.priority ?? 'normal',
      deadlineAt: submission.deadlineAt ?? null,
      replayOf: submission.replayOf ?? null,
      campaignId: null,
      skippedRoutes: skipped,
      routing,
      requestHash: needsHash ? requestHash(submission.fingerprint?.() ?? { model: model.name, input }) : '',
    },
    catalogue: submission.catalogue,
    reserveMicroUsd: boundMicroUsd,
    idempotency: key === null ? null : { route: idempotencyRoute(submission.endpoint), key },
    firstAttempt: model.modality === 'text' && first !== undefined ? { ...placeOf(first), instanceId: context.settings.instanceId } : null,
  };
}
