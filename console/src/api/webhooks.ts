import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import { pagedQuery } from './paged';
import type { components } from './schema';

export type Endpoint = components['schemas']['WebhookEndpoint'];
export type Delivery = components['schemas']['WebhookDelivery'];
export type EventType = components['schemas']['WebhookEventTypeList']['data'][number];
type Create = components['schemas']['WebhookEndpointCreate'];
type Update = components['schemas']['WebhookEndpointUpdate'];
export type DeliveryStatus = Delivery['status'];

const pathOf = (id: string) => ({ path: { id } });

export const endpointsQuery = (team: string) =>
  pagedQuery<Endpoint>(['webhooks', team], async ({ after, signal }) =>
    bodyOf(await api.GET('/v1/webhook_endpoints', { params: { query: { limit: '100', ...after } }, headers: asTeam(team), signal })),
  );

export const endpointQuery = (team: string, id: string) =>
  queryOptions({
    queryKey: ['webhooks', team, id],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/webhook_endpoints/{id}', { params: pathOf(id), headers: asTeam(team), signal })),
  });

export const deliveriesQuery = (team: string, id: string, status: DeliveryStatus | null) => ({
  ...pagedQuery<Delivery>(['webhooks', team, id, 'deliveries', status], async ({ after, signal }) =>
    bodyOf(
      await api.GET('/v1/webhook_endpoints/{id}/deliveries', {
        params: { ...pathOf(id), query: { limit: '50', ...(status === null ? {} : { status }), ...after } },
        headers: asTeam(team),
        signal,
      }),
    ),
  ),
  refetchInterval: 5_000,
});

function useWebhookChange<Input, Output>(team: string, change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, gcTime: 0, onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks', team] }) });
}

/** The answer has the `signing_secret`, this once. */
export const useCreateEndpoint = (team: string) =>
  useWebhookChange(team, async (body: Create) => bodyOf(await api.POST('/v1/webhook_endpoints', { body, headers: asTeam(team) })));

export const useUpdateEndpoint = (team: string) =>
  useWebhookChange(team, async ({ id, ...body }: Update & { readonly id: string }) =>
    bodyOf(await api.POST('/v1/webhook_endpoints/{id}', { params: pathOf(id), body, headers: asTeam(team) })),
  );

export const useDeleteEndpoint = (team: string) =>
  useWebhookChange(team, async (id: string) =>
    bodyOf(await api.DELETE('/v1/webhook_endpoints/{id}', { params: pathOf(id), headers: asTeam(team) })),
  );

/** The answer has the new `signing_secret`, this once; for 24 hours both sign. */
export const useRotateSecret = (team: string) =>
  useWebhookChange(team, async (id: string) =>
    bodyOf(
      await api.POST('/v1/webhook_endpoints/{id}/rotate_secret', {
        params: pathOf(id),
        body: { keep_old_secret_active_for_24_hours: true },
        headers: asTeam(team),
      }),
    ),
  );

export const useTestEndpoint = (team: string) =>
  useWebhookChange(team, async ({ id, type }: { readonly id: string; readonly type: EventType }) =>
    bodyOf(await api.POST('/v1/webhook_endpoints/{id}/test', { params: pathOf(id), body: { event_type: type }, headers: asTeam(team) })),
  );

export const useRedeliverOne = (team: string) =>
  useWebhookChange(team, async ({ id, delivery }: { readonly id: string; readonly delivery: string }) =>
    bodyOf(
      await api.POST('/v1/webhook_endpoints/{id}/deliveries/{delivery}/redeliver', {
        params: { path: { id, delivery } },
        headers: asTeam(team),
      }),
    ),
  );

/** Sends again what failed in the last days. */
export const useRedeliverFailed = (team: string) =>
  useWebhookChange(team, async ({ id, since }: { readonly id: string; readonly since: string }) =>
    bodyOf(await api.POST('/v1/webhook_endpoints/{id}/redeliver', { params: pathOf(id), body: { since }, headers: asTeam(team) })),
  );
