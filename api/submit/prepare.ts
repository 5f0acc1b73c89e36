import type { Model } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';
import type { GenerationInput } from '../../domain/task/generation';
import { formatUsd, type MicroUsd } from '../../domain/money/money';
import { reservationBound } from '../../domain/money/pricing';
import { orderRoutes, type SkippedRoute } from '../../domain/provider/routing';
import type { Route } from '../../domain/provider/catalogue';
import type { Admission } from '../../domain/task/store';
import type { Modality } from '../../domain/provider/catalogue';
import type { ApiContext } from '../deps';
import { checkCapabilities } from './capabilities';
import { idempotencyRoute, requestHash } from './idempotency';
import { resolveModel } from './resolve-model';
import type { Submission } from './submission';

/** A request that is sure to be well formed, allowed and priced. */
export interface Quote {
  readonly model: Model;
  /** Upper bound of the price. */
  readonly boundMicroUsd: MicroUsd;
  readonly routes: readonly Route[];
  readonly skipped: readonly SkippedRoute[];
}

/**
 * Checks model, permission, capabilities and the request's own budget.
 * @throws AppError of `resolveModel` and `checkCapabilities`, `budget_exceeded`, `service_unavailable` when no route can serve
 */
export function quote(submission: Submission<GenerationInput>): Quote {
  const { catalogue, caller, input, maxCostMicroUsd } = submission;
  const model = resolveModel(catalogue, caller, submission.model, modalityOf(input));
  checkCapabilities(model, input, submission.endpoint);
  const boundMicroUsd = reservationBound(model, input);
  if (maxCostMicroUsd !== undefined && maxCostMicroUsd !== null && maxCostMicroUsd < boundMicroUsd) {
    throw new AppError(
      'budget_exceeded',
      `This request may cost up to ${formatUsd(boundMicroUsd)} USD, more than its budget of ${formatUsd(maxCostMicroUsd)} USD. Nothing was started.`,
      { param: 'budget.max_cost_usd' },
    );
  }
  const { ordered, skipped } = orderRoutes(model, catalogue, Math.random);
  if (ordered.length === 0) {
    throw new AppError('service_unavailable', `No provider of the model ${JSON.stringify(model.name)} is configured and enabled.`);
  }
  return { model, boundMicroUsd, routes: ordered, skipped };
}

/** The admission of a quoted request. The first attempt at text begins in this process. */
export function admissionOf(
  context: Pick<ApiContext, 'newId' | 'settings'>,
  submission: Submission<GenerationInput>,
  { model, boundMicroUsd, routes, skipped }: Quote,
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
      requestHash: needsHash ? requestHash(submission.fingerprint?.() ?? { model: model.name, input }) : '',
    },
    catalogue: submission.catalogue,
    reserveMicroUsd: boundMicroUsd,
    idempotency: key === null ? null : { route: idempotencyRoute(submission.endpoint), key },
    firstAttempt:
      model.modality === 'text' && first !== undefined
        ? { provider: first.provider, model: first.model, instanceId: context.settings.instanceId }
        : null,
  };
}

function modalityOf(input: GenerationInput): Modality {
  return input.operation === 'image' || input.operation === 'video' ? input.operation : 'text';
}
