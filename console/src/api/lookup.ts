import { useMutation } from '@tanstack/react-query';
import { api, bodyOf } from './client';

/** The runs that an id of any kind belongs to: of a task, a callback, a provider, a request. */
export const useLookUp = () =>
  useMutation({ mutationFn: async (id: string) => bodyOf(await api.GET('/admin/v1/lookup', { params: { query: { id } } })).data });
