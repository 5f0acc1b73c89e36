import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import type { components, operations } from './schema';

export type System = components['schemas']['System'];
export type Retention = components['schemas']['Retention'];
export type RetentionRule = components['schemas']['RetentionChange']['rules'][number];
export type StatusNotice = operations['setStatusNotice']['requestBody']['content']['application/json']['notice'];

export const systemQuery = queryOptions({
  queryKey: ['operations', 'system'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/system', { signal })),
  refetchInterval: 10_000,
});

export const retentionQuery = queryOptions({
  queryKey: ['operations', 'retention'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/retention', { signal })),
});

/** What the rules would delete now. It counts, which takes a while. */
export const retentionPreviewQuery = queryOptions({
  queryKey: ['operations', 'retention', 'preview'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/admin/v1/retention/preview', { signal })).data,
  enabled: false,
});

export const statusQuery = queryOptions({
  queryKey: ['operations', 'status'],
  queryFn: async ({ signal }) => bodyOf(await api.GET('/status.json', { signal })),
  refetchInterval: 15_000,
});

export function useSetRetention() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (rules: readonly RetentionRule[]) => bodyOf(await api.PUT('/admin/v1/retention', { body: { rules: [...rules] } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['operations', 'retention'] }),
  });
}

/** @param notice - null takes it away */
export function useSetNotice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (notice: StatusNotice) => bodyOf(await api.PUT('/admin/v1/status', { body: { notice } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['operations', 'status'] }),
  });
}
