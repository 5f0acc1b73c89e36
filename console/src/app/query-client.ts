import { QueryClient } from '@tanstack/react-query';
import { ApiError, NoConnection } from '../api/errors';

const MOST_TRIES = 4;

/** Reads are tried again while the server is away; what it has refused is not asked for again. Writes are repeated by people, under their key. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      retry: (failures, error) =>
        failures < MOST_TRIES && (error instanceof NoConnection || (error instanceof ApiError && error.code === 'service_unavailable')),
      retryDelay: (failures) => Math.min(8_000, 500 * 2 ** failures),
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});
