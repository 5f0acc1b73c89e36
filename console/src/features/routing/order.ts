import type { DefinedModel, Route, Strategy } from '../../api/routing';

/** Routes of a model as they are being changed. */
export interface RouteDraft {
  readonly strategy: Strategy;
  /** In the order in which they are tried. */
  readonly routes: readonly Route[];
}

const priorityOf = ({ priority = 0 }: Route): number => priority;

/** The routes in order: those of the higher priority first, of one priority as they stand. */
export const draftOf = ({ strategy = 'priority', routes }: DefinedModel): RouteDraft => ({
  strategy,
  routes: [...routes].sort((a, b) => priorityOf(b) - priorityOf(a)),
});

/** Routes that share a priority, the first tried first. */
export function tiersOf(routes: readonly Route[]): readonly (readonly Route[])[] {
  const tiers: Route[][] = [];
  for (const route of routes) {
    const last = tiers.at(-1);
    if (last?.[0] !== undefined && priorityOf(last[0]) === priorityOf(route)) last.push(route);
    else tiers.push([route]);
  }
  return tiers;
}

/** A route one place up (-1) or down (1). Routes that shared a priority keep sharing one as long as they stand together. */
export function moved(routes: readonly Route[], index: number, by: -1 | 1): readonly Route[] {
  const to = index + by;
  const route = routes[index];
  if (route === undefined || to < 0 || to >= routes.length) return routes;
  const next = routes.filter((_, at) => at !== index);
  next.splice(to, 0, route);
  let place = 0;
  const places = next.map((one, at) => {
    const before = next[at - 1];
    const isTogether = before !== undefined && priorityOf(before) === priorityOf(one) && one !== route && before !== route;
    if (at > 0 && !isTogether) place += 1;
    return place;
  });
  return next.map((one, at) => ({ ...one, priority: place - (places[at] ?? 0) }));
}

/** A route at another place, step by step, so that those it passes keep their groups. */
export function movedFar(routes: readonly Route[], from: number, to: number): readonly Route[] {
  const by = from < to ? 1 : -1;
  let next = routes;
  for (let at = from; at !== to; at += by) next = moved(next, at, by);
  return next;
}

export const keyOf = ({ provider, model }: Route): string => `${provider} ${model}`;

/** Does the draft say the same as what is live? Only order and groups count, not the numbers. */
export function isSame(a: RouteDraft, b: RouteDraft): boolean {
  const shape = ({ strategy, routes }: RouteDraft): string => JSON.stringify([strategy, tiersOf(routes).map((tier) => tier.map(keyOf))]);
  return shape(a) === shape(b);
}
