import type { CredentialClass } from '../access/classes';
import type { MicroUsd, PriceFactor } from '../money/money';
import {
  breakerKey,
  FALLBACK_CAUSES,
  keysOf,
  type Catalogue,
  type FallbackCause,
  type Model,
  type Provider,
  type Route,
  type Strategy,
} from './catalogue';
import type { CallPlaces } from './limits';
import type { PlannedRoute, RetryPlan } from './routing';

/** Which routes of a request are tried, in which order, and which are left out and why. Pure: what it decides by is handed in. */

/** A route that cannot serve, and why: `disabled`, `class`, `parameter:seed`, `breaker_open` or `rate_limit`. */
export interface SkippedRoute {
  readonly provider: string;
  readonly reason: string;
}

/** What a caller asks of the routing of one request. Names are known ones of the catalogue. */
export interface RoutingHints {
  /** Only these, in this order unless a strategy is given. */
  readonly providers?: readonly string[];
  readonly exclude?: readonly string[];
  readonly strategy?: Strategy;
}

/** What is kept of a request's routing with its task, so that whoever plans again keeps to it; null: nothing out of the ordinary. */
export interface KeptRouting {
  /** The routes that the request may use, in order; absent: those of its model. */
  readonly routes?: readonly Pick<PlannedRoute, 'provider' | 'model' | 'served'>[];
  /** Our models that its reservation covers for a failure of that cause. */
  readonly fallbacks?: Readonly<Partial<Record<FallbackCause, readonly string[]>>>;
  /** Of its team when it was admitted: what it costs keeps to it. */
  readonly priceFactor?: PriceFactor;
  /** It was admitted to the old gateway, with its caller's own key there: what that serves costs nothing here. */
  readonly ownKey?: OwnKey;
}

/** A caller's own key at a provider. */
export interface OwnKey {
  readonly provider: string;
  readonly key: string;
}

/** The state of providers, as this process knows it: asked for each request, so it answers from memory. */
export interface RouteState {
  /** When the breaker of a key opened (epoch milliseconds); null: calls may go out. */
  openSince(provider: string, key: string, model: string): number | null;
  /** The provider's limit leaves no place for a call now. */
  isFull(provider: Provider): boolean;
  /** The usual latency of late; null: not known yet. */
  latencyMs(provider: string, model: string): number | null;
  /** A call by this route goes out now: of a half-open breaker it is the one call. */
  take(route: PlannedRoute): void;
}

/** Nothing is known against any route. */
export const ALL_WELL: RouteState & CallPlaces = {
  openSince: () => null,
  isFull: () => false,
  latencyMs: () => null,
  take: () => undefined,
  enter: () => true,
  waitToEnter: () => Promise.resolve(true),
  leave: () => undefined,
};

export interface PlanRequest {
  readonly catalogue: Catalogue;
  /** Our models in the order in which they are tried, each with its routes. */
  readonly models: readonly Model[];
  /** The model that the task is named after; absent: the first one. Routes of others say which they serve. */
  readonly taskModel?: string | undefined;
  readonly credentialClass: CredentialClass;
  readonly hints?: RoutingHints;
  /** The old gateway comes first; absent: it is none of the routes. */
  readonly ownKey?: OwnKey | undefined;
  /** Of a task that was planned before. */
  readonly kept?: KeptRouting | null;
  readonly state: RouteState;
  /** The parameter of the request that a route cannot do, as users name it; null: it can do all. */
  readonly unsupported?: (route: Route, model: Model) => string | null;
  /** What the provider would take for the request by a route; asked for the strategy `cheapest` alone. */
  readonly costOf?: (route: Route, model: Model) => MicroUsd;
  /** Gives numbers in [0, 1). */
  readonly random: () => number;
}

export interface Plan {
  /** In the order in which they are tried now. */
  readonly routes: readonly PlannedRoute[];
  readonly skipped: readonly SkippedRoute[];
  /** All that can serve the request at one time or another, without keys. */
  readonly able: readonly PlannedRoute[];
  /** Every route has to wait for room at its provider. */
  readonly isFull: boolean;
}

interface Candidate {
  readonly model: Model;
  readonly route: Route;
  readonly provider: Provider;
}

/**
 * The routes in the order in which they are tried: model by model, inside a model by its strategy, inside a route key by key.
 * Routes with an open breaker or without room are left out while others can serve; when none can, the one that opened longest ago is tried,
 * or else those that have to wait for room.
 */
export function planRoutes(request: PlanRequest): Plan {
  const skipped: SkippedRoute[] = [];
  const skip = (provider: string, reason: string): void => {
    if (!skipped.some((other) => other.provider === provider && other.reason === reason)) skipped.push({ provider, reason });
  };
  const able = orderedRoutes(request).flatMap(({ model, route }): Candidate[] => {
    const reason = unableReason(request, model, route);
    const provider = request.catalogue.providers.get(route.provider);
    if (reason === null && provider !== undefined) return [{ model, route, provider }];
    skip(route.provider, reason ?? 'disabled');
    return [];
  });

  const plan = { skipped, able: able.map((candidate) => placed(request, candidate)) };
  const ready: PlannedRoute[] = [];
  const open: { readonly planned: PlannedRoute; readonly since: number }[] = [];
  const full: PlannedRoute[] = [];
  for (const candidate of able) {
    const keys = keysInTurn(request, candidate);
    const closed = keys.filter(({ since }) => since === null).map(({ planned }) => planned);
    open.push(...keys.flatMap(({ planned, since }) => (since === null ? [] : [{ planned, since }])));
    if (closed.length === 0) skip(candidate.route.provider, 'breaker_open');
    else if (request.state.isFull(candidate.provider)) full.push(...closed);
    else ready.push(...closed);
  }
  if (ready.length > 0 || full.length > 0) {
    if (ready.length > 0) for (const { provider } of full) skip(provider, 'rate_limit');
    return { ...plan, routes: ready.length > 0 ? ready : full, isFull: ready.length === 0 };
  }
  const [longest] = open.sort((left, right) => left.since - right.since);
  return { ...plan, isFull: false, routes: longest === undefined ? [] : [longest.planned] };
}

/**
 * For each cause the routes of the models that may serve instead.
 * @param names - those of the task's model, as far as its reservation covers them
 */
export function planFallbacks(request: PlanRequest, names: KeptRouting['fallbacks']): RetryPlan['fallbacks'] {
  if (names === undefined) return undefined;
  const { hints: _hints, kept: _kept, ownKey: _ownKey, ...rest } = request;
  const planned = FALLBACK_CAUSES.flatMap((cause) => {
    const models = (names[cause] ?? []).flatMap((name) => request.catalogue.models.get(name) ?? []);
    const { routes } = planRoutes({ ...rest, models, taskModel: request.taskModel ?? request.models[0]?.name });
    return routes.length === 0 ? [] : [[cause, routes] as const];
  });
  return Object.fromEntries(planned);
}

/** The fallbacks of a model that are on and have a price, by cause. */
export function fallbackModels(
  catalogue: Catalogue,
  main: Model,
  mayServe: (model: Model) => boolean,
): Readonly<Partial<Record<FallbackCause, readonly Model[]>>> {
  if (main.fallbacks === undefined) return {};
  const usable = FALLBACK_CAUSES.flatMap((cause) => {
    const models = (main.fallbacks?.[cause] ?? []).flatMap((name) => catalogue.models.get(name) ?? []);
    const able = models.filter(
      (model) => model.disabled !== true && model.price !== null && model.modality === main.modality && mayServe(model),
    );
    return able.length === 0 ? [] : [[cause, able] as const];
  });
  return Object.fromEntries(usable);
}

/** What is kept of fallbacks with a task; null: there are none. */
export function keptFallbacks(fallbacks: ReturnType<typeof fallbackModels>): Pick<KeptRouting, 'fallbacks'> | null {
  const names = Object.entries(fallbacks).map(([cause, models]) => [cause, models.map(({ name }) => name)] as const);
  return names.length === 0 ? null : { fallbacks: Object.fromEntries(names) };
}

/** The routes of all models, before any is left out. The first model's are not marked as another's. */
function orderedRoutes(request: PlanRequest): readonly { readonly model: Model; readonly route: Route }[] {
  const { models, hints = {}, kept } = request;
  const [main] = models;
  if (kept?.routes !== undefined) {
    // None left is none: a route outside may be one that the caller excluded, or cost more than was reserved.
    return kept.routes.flatMap((wanted) => {
      const model = wanted.served === undefined || wanted.served === null ? main : request.catalogue.models.get(wanted.served);
      const route = model?.routes.find(({ provider, model: name }) => provider === wanted.provider && name === wanted.model);
      return model === undefined || route === undefined ? [] : [{ model, route }];
    });
  }
  const { providers, exclude = [] } = hints;
  const isOwn = ({ provider }: Route): boolean => provider === request.ownKey?.provider;
  const isWanted = (route: Route): boolean =>
    !exclude.includes(route.provider) &&
    (providers === undefined || providers.includes(route.provider)) &&
    (isOwn(route) || request.catalogue.providers.get(route.provider)?.ownKeys === undefined);
  return models.flatMap((model) => {
    const wanted = model.routes.filter(isWanted);
    const ordered =
      providers !== undefined && hints.strategy === undefined
        ? stableBy(wanted, ({ provider }) => providers.indexOf(provider))
        : [
            ...wanted.filter(isOwn),
            ...inOrder(
              request,
              model,
              wanted.filter((route) => !isOwn(route)),
              hints.strategy ?? model.strategy ?? 'priority',
            ),
          ];
    return ordered.map((route) => ({ model, route }));
  });
}

function inOrder({ random, state, costOf }: PlanRequest, model: Model, routes: readonly Route[], strategy: Strategy): readonly Route[] {
  switch (strategy) {
    case 'weighted':
      return drawByWeight(routes, random);
    case 'priority':
      return byPriority(routes, random);
    case 'fastest':
      // One that was never measured comes first, once.
      return stableBy(byPriority(routes, random), ({ provider, model: name }) => state.latencyMs(provider, name) ?? 0);
    case 'cheapest':
      return stableBy(byPriority(routes, random), (route) => Number(costOf?.(route, model) ?? 0n));
  }
}

function byPriority(routes: readonly Route[], random: () => number): readonly Route[] {
  if (routes.length <= 1) return routes;
  const priorities = [...new Set(routes.map((route) => route.priority))].sort((left, right) => right - left);
  return priorities.flatMap((priority) =>
    drawByWeight(
      routes.filter((route) => route.priority === priority),
      random,
    ),
  );
}

function stableBy(routes: readonly Route[], valueOf: (route: Route) => number): readonly Route[] {
  return routes
    .map((route) => ({ route, value: valueOf(route) }))
    .sort((left, right) => left.value - right.value)
    .map(({ route }) => route);
}

function drawByWeight<Weighted extends { readonly weight: number }>(items: readonly Weighted[], random: () => number): readonly Weighted[] {
  if (items.length <= 1) return items;
  // The exponential trick: sorting by -ln(u)/weight draws without replacement by weight. Weight 0 comes last.
  const keyed = items.map((item) => ({ item, key: item.weight > 0 ? -Math.log(1 - random()) / item.weight : Number.POSITIVE_INFINITY }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}

/** Whether keys of the class have a route to the model, be it out of order now. */
export function isForClass({ providers }: Catalogue, { routes }: Pick<Model, 'routes'>, credentialClass: CredentialClass): boolean {
  return routes.length === 0 || routes.some((route) => isRouteForClass(providers.get(route.provider), route, credentialClass));
}

function isRouteForClass(provider: Provider | undefined, { when }: Route, credentialClass: CredentialClass): boolean {
  return [provider?.classes, when?.classes].every((classes) => classes?.includes(credentialClass) ?? true);
}

/** Why the route can never serve this request; null: it can. */
function unableReason({ catalogue, credentialClass, unsupported }: PlanRequest, model: Model, route: Route): string | null {
  const provider = catalogue.providers.get(route.provider);
  if (provider === undefined || provider.disabled === true) return 'disabled';
  if (!isRouteForClass(provider, route, credentialClass)) return 'class';
  const parameter = unsupported?.(route, model) ?? null;
  return parameter === null ? null : `parameter:${parameter}`;
}

/** The route without a key. */
function placed({ models, taskModel = models[0]?.name }: PlanRequest, { model, route }: Candidate): PlannedRoute {
  return { provider: route.provider, model: route.model, ...(model.name === taskModel ? {} : { served: model.name }) };
}

function keysInTurn(
  request: PlanRequest,
  candidate: Candidate,
): readonly { readonly planned: PlannedRoute; readonly since: number | null }[] {
  const { route, provider } = candidate;
  const base = placed(request, candidate);
  if (provider.ownKeys !== undefined) {
    const { key = null } = request.ownKey ?? request.kept?.ownKey ?? {};
    return [{ planned: { ...base, key }, since: request.state.openSince(route.provider, breakerKey(key), route.model) }];
  }
  return drawByWeight(keysOf(provider), request.random).map(({ name }) => ({
    planned: provider.keys === undefined ? base : { ...base, key: name },
    since: request.state.openSince(route.provider, name, route.model),
  }));
}
