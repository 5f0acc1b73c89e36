import type { CredentialClass } from '../access/classes';
import { routeOf, type Catalogue } from './catalogue';
import { planFallbacks, planRoutes, type KeptRouting, type PlanRequest } from './plan';
import { canServe, distinctRoutes, placeOf, type PlannedRoute, type RetryPlan } from './routing';

/** The routes of tasks that were admitted before. */

/** A task as far as its routes depend on it. */
export interface RoutedTask {
  readonly model: string;
  readonly credentialClass: CredentialClass;
  readonly routing: KeptRouting | null;
  /** The calls that were made. */
  readonly attempts: readonly PlannedRoute[];
}

/** What tasks are planned again by. */
export type ReplanBy = Pick<PlanRequest, 'state' | 'random' | 'unsupported'>;

/** Whether a snapshot can be as new as the task: it has the model, and a route that the task may use. */
export function knowsRoutes(catalogue: Catalogue, { model, routing }: Pick<RoutedTask, 'model' | 'routing'>): boolean {
  if (!canServe(catalogue, model)) return false;
  return routing?.routes?.some((route) => routeOf(catalogue, route.served ?? model, route) !== undefined) ?? true;
}

/**
 * The routes of a task that was admitted before: those it was called by, then those that are left. The reservation it has covers no others.
 */
export function planAgain(task: RoutedTask, catalogue: Catalogue, by: ReplanBy): Pick<RetryPlan, 'routes' | 'fallbacks'> {
  const model = catalogue.models.get(task.model);
  const request: PlanRequest = {
    ...by,
    catalogue,
    models: model === undefined ? [] : [model],
    taskModel: task.model,
    credentialClass: task.credentialClass,
    kept: task.routing,
  };
  const fallbacks = planFallbacks(request, task.routing?.fallbacks);
  const isFallback = ({ served }: PlannedRoute): boolean =>
    Object.values(fallbacks ?? {}).some((routes) => routes.some((route) => route.served === (served ?? task.model)));
  const called = task.attempts.filter((attempt) => !isFallback(attempt)).map(placeOf);
  return { routes: distinctRoutes([...called, ...planRoutes(request).routes]), ...(fallbacks === undefined ? {} : { fallbacks }) };
}
