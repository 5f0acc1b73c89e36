import { requireCeiling } from '../../domain/access/caller';
import type { Model } from '../../domain/provider/catalogue';
import { AppError } from '../../domain/errors';
import { isMediaInput, type GenerationInput } from '../../domain/task/generation';
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
  /** Every route has to wait for room at its provider. */
  readonly isFull: boolean;
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
  const { routes, skipped, able, isFull } = planRoutes({
