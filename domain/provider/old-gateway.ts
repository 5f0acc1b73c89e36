import type { Catalogue, Model, Route } from './catalogue';

/**
 * The catalogue with routes to the gateways that moves come from: they serve a model under our name of it, which is theirs. Planning uses such a
 * route for callers alone whom it serves for now.
 */
export function withOldGateways(catalogue: Catalogue): Catalogue {
  const gateways = [...catalogue.providers.values()].filter(({ ownKeys }) => ownKeys !== undefined);
  if (gateways.length === 0) return catalogue;
  const models = [...catalogue.models.values()].map((model): Model => {
    const routes = gateways
      .filter(
        ({ name, ownKeys }) => (ownKeys?.models?.includes(model.name) ?? true) && model.routes.every(({ provider }) => provider !== name),
      )
      .map(({ name }): Route => ({ provider: name, model: model.name, priority: 0, weight: 1 }));
    return routes.length === 0 ? model : { ...model, routes: [...model.routes, ...routes] };
  });
  return { ...catalogue, models: new Map(models.map((model) => [model.name, model])) };
}
