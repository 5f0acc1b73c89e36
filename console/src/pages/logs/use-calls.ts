import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { callsQuery, liveCallsQuery, type Call, type CallFilter } from '../../api/logs';

export interface Calls {
  readonly rows: readonly Call[];
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly onRetry: () => void;
  /** Following is held while rows further down are read. */
  readonly isPaused: boolean;
  readonly onTop: (isAtTop: boolean) => void;
}

/** Calls page by page, or, when they are followed, the newest alone: as many as can be read, and no more. */
export function useCalls(filter: CallFilter, isLive: boolean): Calls {
  const [isAtTop, setAtTop] = useState(true);
  const isPaused = isLive && !isAtTop;
  const paged = useInfiniteQuery({ ...callsQuery(filter), enabled: !isLive });
  const live = useQuery({ ...liveCallsQuery(filter, isPaused), enabled: isLive });
  const pagedRows = useMemo(() => paged.data?.pages.flatMap(({ data }) => data) ?? [], [paged.data]);
  const { fetchNextPage, isFetchingNextPage } = paged;
  const onMore = useCallback(() => {
    if (!isLive && !isFetchingNextPage) void fetchNextPage();
  }, [isLive, fetchNextPage, isFetchingNextPage]);
  const shown = isLive ? live : paged;
  return {
    rows: isLive ? (live.data?.data ?? []) : pagedRows,
    error: shown.error,
    isPending: shown.isPending,
    hasMore: !isLive && paged.hasNextPage,
    onMore,
    onRetry: () => void shown.refetch(),
    isPaused,
    onTop: setAtTop,
  };
}
