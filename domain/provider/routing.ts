import { backoffMs } from '../../lib/time';
import type { Catalogue, FallbackCause } from './catalogue';
import { errorPolicy, type ErrorCode } from '../errors';

/** Whether the model is there and a provider of it. */
export function canServe({ models, providers }: Catalogue, model: string): boolean {
  return models.get(model)?.routes.some((route) => providers.has(route.provider)) ?? false;
}

/** A route by which a request may be served. */
export interface PlannedRoute {
  readonly provider: string;
  /** The name the model has there. */
  readonly model: string;
  /** Which of the provider's keys; absent: its one key. */
  readonly key?: string | null;
  /** The model of ours that serves, when it is another one than the task's. */
  readonly served?: string | null;
}

/** The parts of a route that tell it from others. */
export function placeOf({ provider, model, key, served }: PlannedRoute): PlannedRoute {
  return { provider, model, ...(isGiven(key) ? { key } : {}), ...(isGiven(served) ? { served } : {}) };
}

export function isSameRoute(left: PlannedRoute, right: PlannedRoute): boolean {
  return isSamePlace(left, right) && (left.key ?? null) === (right.key ?? null);
}

/** Each route once, where it comes first. */
export function distinctRoutes(routes: readonly PlannedRoute[]): readonly PlannedRoute[] {
  return routes.filter((route, index) => routes.findIndex((other) => isSameRoute(route, other)) === index);
}

function isSamePlace(left: PlannedRoute, right: PlannedRoute): boolean {
  return left.provider === right.provider && left.model === right.model && (left.served ?? null) === (right.served ?? null);
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** A call that was made and how it ended. */
export interface FailedCall extends PlannedRoute {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | null;
  /** A paid call that failed without proof that it was not carried out. */
  readonly isDoubtful?: boolean;
}

export interface RetryPlan {
  readonly routes: readonly PlannedRoute[];
  /** Routes of other models, tried only after a failure of that cause. */
  readonly fallbacks?: Readonly<Partial<Record<FallbackCause, readonly PlannedRoute[]>>> | undefined;
  /** Most calls of one route. */
  readonly callsPerRoute: number;
  /** Routes whose provider may be called again after an unknown outcome. */
  readonly retryUnknown: readonly string[];
}

export type NextStep =
  (PlannedRoute & { readonly kind: 'call'; readonly delayMs: number }) | { readonly kind: 'end'; readonly code: ErrorCode };

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
  const cause = causeOf(last.code);
  const next = cause === null ? nextRoute(plan, calls, last) : nextModel(plan, calls, cause);
  const made = calls.filter((call) => isSameRoute(call, last)).length;

  const again = mayCallAgain(plan, last, made);
  if (again) {
    const delayMs = waitBefore(last, made, jitter);
    const worthWaiting = next === undefined ? delayMs <= LONGEST_WAIT_MS : delayMs <= PATIENCE_MS;
    if (worthWaiting) return { kind: 'call', ...placeOf(last), delayMs };
  }
  const mayGoOn = cause !== null || policy.nextProvider || (last.code === 'outcome_unknown' && plan.retryUnknown.includes(last.provider));
  if (mayGoOn && next !== undefined) return { kind: 'call', ...next, delayMs: 0 };
  return { kind: 'end', code: last.code };
}

/** What of a request was at fault, when other models may take it all the same. */
export function causeOf(code: ErrorCode): FallbackCause | null {
  if (code === 'content_policy_violation') return 'content_policy';
  return code === 'context_length_exceeded' ? 'context_window' : null;
}

/** Codes that say something of a key, not of the provider: another key of it may serve. */
const KEY_CODES: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'provider_auth']);

/** The route after the one that failed, in its list; another key of a provider that fails as a whole comes after the other providers. */
function nextRoute(plan: RetryPlan, calls: readonly FailedCall[], last: FailedCall): PlannedRoute | undefined {
  const lists = [plan.routes, ...Object.values(plan.fallbacks ?? {})];
  const list = lists.find((routes) => routes.some((route) => isSameRoute(route, last))) ?? plan.routes;
  const rest = list
    .slice(list.findIndex((route) => isSameRoute(route, last)) + 1)
    .filter(({ provider }) => !inDoubt(plan, calls, provider));
  return KEY_CODES.has(last.code) ? rest[0] : (rest.find((route) => !isSamePlace(route, last)) ?? rest[0]);
}

/** The first route of the next model that has not refused the request for the same cause. */
function nextModel(plan: RetryPlan, calls: readonly FailedCall[], cause: FallbackCause): PlannedRoute | undefined {
  const refused = new Set(calls.filter((call) => causeOf(call.code) === cause).map((call) => call.served ?? null));
  return plan.fallbacks?.[cause]?.find(
    (route) =>
      !refused.has(route.served ?? null) && !calls.some((call) => isSameRoute(call, route)) && !inDoubt(plan, calls, route.provider),
  );
}

/** The provider may have carried out an earlier call: another one could buy the same a second time there. */
function inDoubt(plan: RetryPlan, calls: readonly FailedCall[], provider: string): boolean {
  return !plan.retryUnknown.includes(provider) && calls.some((call) => call.provider === provider && call.isDoubtful === true);
}

function mayCallAgain(plan: RetryPlan, last: FailedCall, made: number): boolean {
  if (inDoubt(plan, [last], last.provider)) return false;
  if (last.code === 'outcome_unknown') return plan.retryUnknown.includes(last.provider) && made < plan.callsPerRoute;
  const again = errorPolicy(last.code).sameProvider;
  return again !== 'no' && made < (again === 'once' ? Math.min(2, plan.callsPerRoute) : plan.callsPerRoute);
}

function waitBefore(last: FailedCall, made: number, jitter: number): number {
  const backoff = backoffMs(BACKOFF, made - 1) * (0.75 + jitter / 4);
  return Math.round(Math.max(last.retryAfterMs ?? 0, backoff));
}
