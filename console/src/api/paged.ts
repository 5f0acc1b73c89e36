import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';

/** A page of any list of the API. */
export interface ListPage<Row> {
  readonly data: readonly Row[];
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** What asks for a page: from where, and a signal that ends it. */
interface PageRequest {
  readonly after: { readonly after?: string };
  readonly signal: AbortSignal;
}

/** A list that is read page by page. The rows of before stay while a changed filter is on its way. */
export const pagedQuery = <Row>(queryKey: readonly unknown[], read: (page: PageRequest) => Promise<ListPage<Row>>) =>
  infiniteQueryOptions({
    queryKey,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => read({ after: pageParam === null ? {} : { after: pageParam }, signal }),
    getNextPageParam: (page) => (page.has_more ? page.last_id : null),
    placeholderData: keepPreviousData,
  });

interface Pages<Row> {
  readonly data: { readonly pages: readonly { readonly data: readonly Row[] }[] } | undefined;
  readonly error: Error | null;
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly fetchNextPage: () => unknown;
}

/** Reads a list to its end, page after page, for what needs all of its rows. @returns the rows so far; undefined: there are none yet */
export function useWhole<Row>({ data, error, hasNextPage, isFetching, fetchNextPage }: Pages<Row>): readonly Row[] | undefined {
  const isDue = hasNextPage && !isFetching && error === null;
  useEffect(() => {
    if (isDue) fetchNextPage();
  }, [isDue, fetchNextPage]);
  return useMemo(() => data?.pages.flatMap((page) => page.data), [data]);
}
