import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components } from './schema';

export type Provider = components['schemas']['Provider'];
export type NewProvider = components['schemas']['NewProvider'];
export type DefinedModel = components['schemas']['DefinedModel'];
/** Null takes a value away; the description of the API knows no null here. */
export type DefinedModelChange = {
  [Name in keyof components['schemas']['DefinedModelChange']]: components['schemas']['DefinedModelChange'][Name] | null;
};
export type NewDefinedModel = components['schemas']['NewDefinedModel'];
export type Route = DefinedModel['routes'][number];
export type Strategy = NonNullable<DefinedModel['strategy']>;
export type SimulationRequest = components['schemas']['RoutingSimulation'];
export type Queue = components['schemas']['Queue'];

/** Health changes by itself. */
const LIVE_MS = 5_000;

export const providersQuery = queryOptions({
  queryKey: ['routing', 'providers'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/providers', { signal })).data,
  refetchInterval: LIVE_MS,
});

export const definedModelsQuery = queryOptions({
  queryKey: ['routing', 'models'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/models', { signal })).data,
});

export const queuesQuery = queryOptions({
  queryKey: ['routing', 'queues'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/queues', { signal })).data,
  refetchInterval: LIVE_MS,
});

/** What would happen to a request. It spends nothing and keeps nothing. */
export const simulationQuery = (body: SimulationRequest) =>
  queryOptions({
    queryKey: ['routing', 'simulation', body],
    queryFn: async ({ signal }) => bodyOf(await api.POST('/admin/v1/routing/simulate', { body, signal })),
    staleTime: LIVE_MS,
    retry: false,
  });

function useRoutingChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // What a provider's form was sent with holds its key.
    gcTime: 0,
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ['routing'] }), client.invalidateQueries({ queryKey: ['models'] })]),
  });
}

export const useChangeModel = () =>
  useRoutingChange(async ({ name, change }: { readonly name: string; readonly change: DefinedModelChange }) =>
    bodyOf(
      await api.PATCH('/admin/v1/models/{name}', {
        params: { path: { name } },
        body: change as components['schemas']['DefinedModelChange'],
      }),
    ),
  );

export const useCreateModel = () => useRoutingChange(async (body: NewDefinedModel) => bodyOf(await api.POST('/admin/v1/models', { body })));

export const useRemoveModel = () =>
  useRoutingChange(async (name: string) => bodyOf(await api.DELETE('/admin/v1/models/{name}', { params: { path: { name } } })));

export const useCreateProvider = () =>
  useRoutingChange(async (body: NewProvider) => bodyOf(await api.POST('/admin/v1/providers', { body })));

export const useRemoveProvider = () =>
  useRoutingChange(async (name: string) => bodyOf(await api.DELETE('/admin/v1/providers/{name}', { params: { path: { name } } })));

export const useSwitchProvider = () =>
  useRoutingChange(async ({ name, enabled }: { readonly name: string; readonly enabled: boolean }) => {
    const params = { path: { name } };
    if (enabled) return bodyOf(await api.POST('/admin/v1/providers/{name}/enable', { params }));
    return bodyOf(await api.POST('/admin/v1/providers/{name}/disable', { params }));
  });

export const useResetBreakers = () =>
  useRoutingChange(async (name: string) =>
    bodyOf(await api.POST('/admin/v1/providers/{name}/breakers/reset', { params: { path: { name } } })),
  );

/** Takes the steps to a provider, the last a real call. @param model - ours or the provider's; empty: one that has a route to it */
export const useTestProvider = () =>
  useMutation({
    mutationFn: async ({ name, model }: { readonly name: string; readonly model: string }) =>
      bodyOf(
        await api.POST('/admin/v1/providers/{name}/test', {
          params: { path: { name } },
          body: model.trim() === '' ? {} : { model: model.trim() },
        }),
      ),
  });
