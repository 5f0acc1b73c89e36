import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, asTeam, bodyOf } from './client';
import type { operations } from './schema';
import { hasEnded, ROW_FIELDS, type Task, type TaskRow } from './task-facts';

export type { Task, TaskRow } from './task-facts';

interface TaskPage {
  readonly data: readonly TaskRow[];
  readonly last_id: string | null;
  readonly has_more: boolean;
}
/** Filters of a list, as the query has them. */
export type TaskFilter = Omit<
  NonNullable<operations['listTasks']['parameters']['query']>,
  'after' | 'limit' | 'order' | 'fields' | 'format' | 'metadata'
>;
export type TaskRequest = operations['createTask']['requestBody']['content']['application/json'];

const POLL_MS = 3_000;
const PAGE = 50;

/** A task with its input; asked for again until it has ended. */
export const taskQuery = (team: string, id: string) =>
  queryOptions({
    queryKey: ['task', team, id],
    queryFn: async ({ signal }) => bodyOf(await api.GET('/v1/tasks/{id}', { params: { path: { id } }, headers: asTeam(team), signal })),
    refetchInterval: ({ state }) => (state.data !== undefined && !hasEnded(state.data) ? POLL_MS : false),
    staleTime: ({ state }) => (state.data !== undefined && hasEnded(state.data) ? Infinity : 0),
  });

/** Pages of tasks, newest first; the first page is asked for again while something runs. */
export const tasksQuery = (team: string, filter: TaskFilter) =>
  infiniteQueryOptions({
    queryKey: ['tasks', team, filter],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        ...filter,
        fields: ['prompt', ...ROW_FIELDS].join(','),
        limit: String(PAGE),
        ...(pageParam === null ? {} : { after: pageParam }),
      };
      // The document knows rows of any fields, and files of CSV; what was asked for is this.
      return bodyOf(await api.GET('/v1/tasks', { params: { query }, headers: asTeam(team), signal })) as unknown as TaskPage;
    },
    getNextPageParam: (page) => (page.has_more ? page.last_id : null),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some((row) => !hasEnded(row))) === true ? POLL_MS : POLL_MS * 5,
  });

/** What a task would hold; the price of before stays while a new one is asked for. */
export const estimateQuery = (team: string, body: TaskRequest | null) =>
  queryOptions({
    queryKey: ['estimate', team, body],
    // Not given up when the question changes: who goes back finds the price, and Chromium reports a cloned body that is aborted as an error.
    queryFn: async () => bodyOf(await api.POST('/v1/tasks/estimate', { body: body as TaskRequest, headers: asTeam(team) })),
    enabled: body !== null,
    retry: false,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

export const explanationQuery = (team: string, id: string, lang: 'en' | 'zh') =>
  queryOptions({
    queryKey: ['task', team, id, 'explanation', lang],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/v1/tasks/{id}/explanation', { params: { path: { id }, query: { lang } }, headers: asTeam(team), signal })),
  });

export const historyQuery = (team: string, id: string) =>
  queryOptions({
    queryKey: ['task', team, id, 'history'],
    queryFn: async ({ signal }) =>
      bodyOf(
        await api.GET('/v1/tasks/{id}/history', { params: { path: { id }, query: { format: 'timeline' } }, headers: asTeam(team), signal }),
      ),
    retry: false,
  });

function took(client: QueryClient, team: string, task: Task): void {
  client.setQueryData(taskQuery(team, task.id).queryKey, task);
  void client.invalidateQueries({ queryKey: ['tasks', team] });
}

/** Creates a task. A repeat under the same key finds the first one and buys nothing. */
export function useCreateTask(team: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, key }: { readonly body: TaskRequest; readonly key: string }) =>
      bodyOf(await api.POST('/v1/tasks', { body, headers: { ...asTeam(team), 'idempotency-key': key } })),
    onSuccess: (task) => took(client, team, task),
  });
}

export function useReplayTask(team: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, key, model }: { readonly id: string; readonly key: string; readonly model?: string }) =>
      bodyOf(
        await api.POST('/v1/tasks/{id}/replay', {
          params: { path: { id } },
          body: model === undefined ? {} : { overrides: { model } },
          headers: { ...asTeam(team), 'idempotency-key': key },
        }),
      ),
    onSuccess: (task) => took(client, team, task),
  });
}

export function useCancelTask(team: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => bodyOf(await api.POST('/v1/tasks/{id}/cancel', { params: { path: { id } }, headers: asTeam(team) })),
    onSuccess: (task) => took(client, team, task),
  });
}
