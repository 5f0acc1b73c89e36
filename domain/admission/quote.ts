import { requireCeiling } from '../access/caller';
import { AppError } from '../errors';
import { formatUsd, type MicroUsd } from '../money/money';
import { reservationBound } from '../money/pricing';
import { callerKey, type Model } from '../provider/catalogue';
import { misfitOfRoute, parameterLacking } from '../provider/media-support';
import { keptFallbacks, planRoutes, type KeptRouting, type OwnKey, type RouteState, type SkippedRoute } from '../provider/plan';
import type { PlannedRoute } from '../provider/routing';
import { isMediaInput, type GenerationInput } from '../task/generation';
import { misfitError } from './capabilities';
import type { QuoteRequest } from './request';
import { ableFallbacks, candidateModels } from './models';
import { given } from '../../lib/given';

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
export function quote(by: { readonly state: RouteState; readonly random: () => number }, request: QuoteRequest): Quote {
  const { catalogue, caller, input, maxCostMicroUsd, routing: { hints } = {} } = request;
  const { main, models } = candidateModels(request);
  const fallbacks = ableFallbacks(request, main);
  const bounds = [...models, ...Object.values(fallbacks).flat()].map((model) => reservationBound(model, input, caller.priceFactor));
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
    catalogue,
    models,
    taskModel: main.name,
    credentialClass: caller.credentialClass,
    ...(hints === undefined ? {} : { hints }),
    ownKey: ownKeyOf(caller),
    // Images and videos wait at the provider, by rank.
    state: isMediaInput(input) ? { ...by.state, isFull: () => false } : by.state,
    unsupported: parameterLacking(input),
    costOf: (route, model) => providerCost(model, route, input),
    random: by.random,
  });
  if (routes.length === 0) throw noRoute(request, models, main, skipped);
  const ownKey = able.some(({ provider }) => provider === caller.oldGateway) ? ownKeyOf(caller) : undefined;
  const isUsual =
    hints === undefined &&
    models.length === 1 &&
    models[0] === main &&
    ownKey === undefined &&
    !skipped.some(({ reason }) => reason.includes(':'));
  const { priceFactor } = caller;
  const kept =
    priceFactor === undefined && ownKey === undefined
      ? keptFallbacks(fallbacks)
      : { ...keptFallbacks(fallbacks), ...given({ priceFactor, ownKey }) };
  return { model: main, boundMicroUsd, routes, skipped, isFull, routing: isUsual ? kept : { ...kept, routes: able } };
}

function ownKeyOf({ oldGateway, credentialId }: QuoteRequest['caller']): OwnKey | undefined {
  return oldGateway === undefined ? undefined : { provider: oldGateway, key: callerKey(credentialId) };
}

/** What the provider of a route takes for a request at most. */
export function providerCost(model: Model, { cost }: Pick<Model['routes'][number], 'cost'>, input: GenerationInput): MicroUsd {
  return reservationBound(cost === undefined ? model : { ...model, price: cost }, input);
}

function noRoute(request: QuoteRequest, models: readonly Model[], { name }: Model, skipped: readonly SkippedRoute[]): AppError {
  const { caller, routing, input, endpoint } = request;
  const model = JSON.stringify(name);
  const unfit = skipped.find(({ reason }) => reason.startsWith('parameter:'));
  if (unfit !== undefined && isMediaInput(input)) {
    // A provider may serve several routes, and not all of them lack the same.
    const misfits = models.flatMap((one) =>
      one.routes.filter(({ provider }) => provider === unfit.provider).map((route) => ({ one, misfit: misfitOfRoute(route, input) })),
    );
    const lacking = misfits.find(({ misfit }) => misfit !== null && unfit.reason === `parameter:${misfit.param.replace(/\[.*/, '')}`);
    if (lacking?.misfit !== null && lacking?.misfit !== undefined) {
      return misfitError(lacking.one.name, lacking.misfit, endpoint, ' No provider that could serve this request knows more.');
    }
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
