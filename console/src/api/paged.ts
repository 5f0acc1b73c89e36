import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';

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
