import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from './client';
import { pagedQuery } from './paged';
import type { components, operations } from './schema';

export type Backup = components['schemas']['Backup'];
export type BackupStatus = NonNullable<NonNullable<operations['listBackups']['parameters']['query']>['status']>;

const KEY = ['operations', 'backups'] as const;
const PAGE = '50';
const RUNNING_EVERY_MS = 1_500;
const QUIET_EVERY_MS = 30_000;

/** Backups of the installation, the newest first. While one is being made or read, it is looked at more often. */
export const backupsQuery = (status: BackupStatus | undefined) => ({
  ...pagedQuery<Backup>([...KEY, status ?? ''], async ({ after, signal }) =>
    bodyOf(
      await api.GET('/admin/v1/backups', {
        params: { query: { limit: PAGE, ...after, ...(status === undefined ? {} : { status }) } },
        signal,
      }),
    ),
  ),
  refetchInterval: ({ state }: { state: { data?: { pages: readonly { readonly data: readonly Backup[] }[] } | undefined } }) =>
    state.data?.pages.some(({ data }) => data.some(isUnderWay)) === true ? RUNNING_EVERY_MS : QUIET_EVERY_MS,
});

/** Something is being done with it, or about to be. */
export function isUnderWay({ status, verification }: Backup): boolean {
  return isOpen(status) || (verification !== null && isOpen(verification.status));
}

function isOpen(status: string): boolean {
  return status === 'queued' || status === 'running';
}

function useAsk<Input>(ask: (input: Input) => Promise<Backup>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: ask, onSettled: () => client.invalidateQueries({ queryKey: KEY }) });
}

export const useMakeBackup = () => useAsk(async (_: undefined) => bodyOf(await api.POST('/admin/v1/backups', { body: {} })));

export const useVerifyBackup = () =>
  useAsk(async (id: string) => bodyOf(await api.POST('/admin/v1/backups/{id}/verify', { params: { path: { id } }, body: {} })));
