import { backoffMs } from '../../lib/time';
import type { Catalogue, Model, Route } from './catalogue';
import { errorPolicy, type ErrorCode } from '../errors';

/** A route that cannot serve, and why in a word an operator understands. */
export interface SkippedRoute {
  readonly provider: string;
  readonly reason: string;
}

/** Whether the model is there and a provider of it. */
export function canServe({ models, providers }: Catalogue, model: string): boolean {
  return models.get(model)?.routes.some((route) => providers.has(route.provider)) ?? false;
}

/**
 * The order in which a model's routes are tried: priority high to low, inside one priority drawn by weight.
 * @param random - gives numbers in [0, 1)
 */
export function orderRoutes(
  model: Model,
  catalogue: Catalogue,
  random: () => number,
): { readonly ordered: readonly Route[]; readonly skipped: readonly SkippedRoute[] } {
  const usable = model.routes.filter((route) => catalogue.providers.has(route.provider));
  const skipped = model.routes
    .filter((route) => !catalogue.providers.has(route.provider))
    .map((route) => ({ provider: route.provider, reason: 'provider_disabled' }));
  const priorities = [...new Set(usable.map((route) => route.priority))].sort((left, right) => right - left);
  const ordered = priorities.flatMap((priority) =>
    drawByWeight(
      usable.filter((route) => route.priority === priority),
      random,
    ),
  );
  return { ordered, skipped };
}

function drawByWeight(routes: readonly Route[], random: () => number): Route[] {
  if (routes.length <= 1) return [...routes];
  // The exponential trick: sorting by -ln(u)/weight draws without replacement by weight. Weight 0 comes last.
  const keyed = routes.map((route) => ({
    route,
    key: route.weight > 0 ? -Math.log(1 - random()) / route.weight : Number.POSITIVE_INFINITY,
  }));
  return keyed.sort((left, right) => left.key - right.key).map((entry) => entry.route);
}

/** A call that was made and how it ended. */
export interface FailedCall {
  readonly provider: string;
  readonly model: string;
  readonly code: ErrorCode;
  readonly retryAfterMs: number | null;
}

export interface RetryPlan {
  readonly routes: readonly { readonly provider: string; readonly model: string }[];
  /** Most calls of one route. */
  readonly callsPerRoute: number;
  /** Routes whose provider may be called again after an unknown outcome. */
  readonly retryUnknown: readonly string[];
}

export type NextStep =
  | { readonly kind: 'call'; readonly provider: string; readonly model: string; readonly delayMs: number }
  | { readonly kind: 'end'; readonly code: ErrorCode };

/** A wait asked for by a provider beyond this goes to the next route at once, when there is one. */
const PATIENCE_MS = 5_000;
/** The longest wait we honour when no other route is left. */
const LONGEST_WAIT_MS = 60_000;
const BACKOFF = { firstMs: 400, longestMs: 8_000 };

/**
 * The call to begin with, or what follows a failed one, by the error table alone: the same route again, the next one, or the end.
 * @param calls - all calls of the task so far, in order, the last one just failed
 * @param random - a number in [0, 1) that spreads waits; asked once for each failed call, which replays of histories count on
 */
export function nextStep(plan: RetryPlan, calls: readonly FailedCall[], random: () => number): NextStep {
  const last = calls[calls.length - 1];
  if (last === undefined) {
    const first = plan.routes[0];
    return first === undefined ? { kind: 'end', code: 'provider_unavailable' } : { kind: 'call', ...first, delayMs: 0 };
  }
  const jitter = random();
  const policy = errorPolicy(last.code);
  const position = plan.routes.findIndex((route) => route.provider === last.provider && route.model === last.model);
  const next = plan.routes[position + 1];
  const made = calls.filter((call) => call.provider === last.provider && call.model === last.model).length;

  const again = mayCallAgain(plan, last, made);
  if (again) {
    const delayMs = waitBefore(last, made, jitter);
    const worthWaiting = next === undefined ? delayMs <= LONGEST_WAIT_MS : delayMs <= PATIENCE_MS;
    if (worthWaiting) return { kind: 'call', provider: last.provider, model: last.model, delayMs };
  }
  const mayGoOn = policy.nextProvider || (last.code === 'outcome_unknown' && plan.retryUnknown.includes(last.provider));
  if (mayGoOn && next !== undefined) return { kind: 'call', ...next, delayMs: 0 };
  return { kind: 'end', code: last.code };
}

function mayCallAgain(plan: RetryPlan, last: FailedCall, made: number): boolean {
  if (last.code === 'outcome_unknown') return plan.retryUnknown.includes(last.provider) && made < plan.callsPerRoute;
  const again = errorPolicy(last.code).sameProvider;
  return again !== 'no' && made < (again === 'once' ? Math.min(2, plan.callsPerRoute) : plan.callsPerRoute);
}

function waitBefore(last: FailedCall, made: number, jitter: number): number {
  const backoff = backoffMs(BACKOFF, made - 1) * (0.75 + jitter / 4);
  return Math.round(Math.max(last.retryAfterMs ?? 0, backoff));
}
