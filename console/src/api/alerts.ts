import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import { pagedQuery } from './paged';
import type { components, operations } from './schema';

export type Incident = components['schemas']['Incident'];
export type Alert = components['schemas']['Alert'];
export type AlertChange = components['schemas']['AlertChange'];
export type NewAlert = components['schemas']['NewAlert'];
export type Rule = Alert['rule'];
export type IncidentState = 'active' | 'open' | 'acknowledged' | 'resolved';
type Lang = 'en' | 'zh';
type IncidentNote = operations['noteIncident']['requestBody']['content']['application/json'];

const pathOf = (id: string) => ({ path: { id } });
const POLL_MS = 15_000;

/** Incidents, newest first, with their titles in a language. @param state - null: all */
export const incidentsQuery = (state: IncidentState | null, lang: Lang) => ({
  ...pagedQuery<Incident>(['incidents', state, lang], async ({ after, signal }) =>
    bodyOf(
      await api.GET('/admin/v1/incidents', {
        params: { query: { lang, limit: '50', ...(state === null ? {} : { state }), ...after } },
        signal,
      }),
    ),
  ),
  refetchInterval: POLL_MS,
});

export const incidentQuery = (id: string, lang: Lang) =>
  queryOptions({
    queryKey: ['incidents', 'one', id, lang],
    queryFn: async ({ signal }) =>
      bodyOf(await api.GET('/admin/v1/incidents/{id}', { params: { ...pathOf(id), query: { lang } }, signal })),
    refetchInterval: POLL_MS,
  });

export const alertsQuery = pagedQuery<Alert>(['alerts'], async ({ after, signal }) =>
  bodyOf(await api.GET('/admin/v1/alerts', { params: { query: { limit: '100', ...after } }, signal })),
);

function useAlertChange<Input, Output>(name: 'incidents' | 'alerts', change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: [name] }) });
}

export const useAcknowledge = () =>
  useAlertChange('incidents', async (id: string) => bodyOf(await api.POST('/admin/v1/incidents/{id}/acknowledge', { params: pathOf(id) })));

/** Ends it, and gives back what was taken of keys. */
export const useResolve = () =>
  useAlertChange('incidents', async (id: string) => bodyOf(await api.POST('/admin/v1/incidents/{id}/resolve', { params: pathOf(id) })));

export const useNote = () =>
  useAlertChange('incidents', async ({ id, ...body }: IncidentNote & { readonly id: string }) =>
    bodyOf(await api.POST('/admin/v1/incidents/{id}/note', { params: pathOf(id), body })),
  );

export const useCreateAlert = () =>
  useAlertChange('alerts', async (body: NewAlert) => bodyOf(await api.POST('/admin/v1/alerts', { body })));

export const useChangeAlert = () =>
  useAlertChange('alerts', async ({ id, ...body }: AlertChange & { readonly id: string }) =>
    bodyOf(await api.PATCH('/admin/v1/alerts/{id}', { params: pathOf(id), body })),
  );

export const useDeleteAlert = () =>
  useAlertChange('alerts', async (id: string) => bodyOf(await api.DELETE('/admin/v1/alerts/{id}', { params: pathOf(id) })));

/** Sends a test by each channel of a rule. */
export const useTestAlert = () =>
  useAlertChange('alerts', async (id: string) => bodyOf(await api.POST('/admin/v1/alerts/{id}/test', { params: pathOf(id) })).data);

/** What the rule for unusual spending would have found in the last weeks. */
export const useBacktest = () =>
  useMutation({
    mutationFn: async (body: operations['backtestAlerts']['requestBody']['content']['application/json']) =>
      bodyOf(await api.POST('/admin/v1/alerts/backtest', { body })).data,
  });
