import { QueryClient } from '@tanstack/react-query';
import { ApiError, NoConnection } from '../api/errors';

const MOST_TRIES = 4;
/** After the tries: what failed for want of a connection is looked for so often, whether or not the browser noticed that one is back. */
const LOOK_AGAIN_MS = 5_000;

/** Reads are tried again while the server is away; what it has refused is not asked for again. Writes are repeated by people, under their key. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      retry: (failures, error) =>
        failures < MOST_TRIES && (error instanceof NoConnection || (error instanceof ApiError && error.code === 'service_unavailable')),
      retryDelay: (failures) => Math.min(8_000, 500 * 2 ** failures),
      refetchOnWindowFocus: true,
      refetchOnReconnect: true,
      refetchInterval: ({ state }) => (state.error instanceof NoConnection ? LOOK_AGAIN_MS : false),
    },
    mutations: { networkMode: 'always', retry: false },
  },
});
