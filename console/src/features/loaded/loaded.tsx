import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError, isCode, useErrorText } from '../../api/errors';
import { useText } from '../../lib/text';
import type words from '../../text/en/common.json';
import { Button } from '../../ui/button';
import { Fault, Skeleton, State } from '../../ui/states';
import css from './loaded.module.css';

interface Shape {
  /** Of the skeleton while it is on its way. */
  readonly rows?: number;
  /** Pixels of a row. */
  readonly height?: number;
}

/** What a query found; while it is on its way the shape of it, and in place of what failed why it did. */
export function Loaded<Data>({
  query,
  children,
  ...shape
}: Shape & {
  readonly query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'isPending' | 'refetch'>;
  readonly children: (data: Data) => ReactNode;
}) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  return <Skeleton rows={shape.rows ?? 6} height={shape.height ?? 44} />;
}

export function Failed({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const text = useText<typeof words>('common');
  const errorText = useErrorText();
  if (isCode(error, 'permission_denied', 'admin_required')) return <State icon="lock" title={text('states.forbidden')} />;
  return <Fault message={errorText(error)} requestId={error instanceof ApiError ? error.requestId : null} onRetry={onRetry} />;
}

interface Pages<Row> {
  readonly data: { readonly pages: readonly { readonly data: readonly Row[] }[] } | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
  readonly refetch: () => unknown;
}

/** The rows of a list that is read page by page, with the way to more of them. */
export function LoadedRows<Row>({
  query,
  empty,
  children,
  ...shape
}: Shape & { readonly query: Pages<Row>; readonly empty: ReactNode; readonly children: (rows: readonly Row[]) => ReactNode }) {
  const text = useText<typeof words>('common');
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  if (data === undefined) {
    if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
    return <Skeleton rows={shape.rows ?? 6} height={shape.height ?? 44} />;
  }
  const rows = data.pages.flatMap((page) => page.data);
  if (rows.length === 0) return empty;
  return (
    <div className={css.rows}>
      {children(rows)}
      {hasNextPage ? (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {text('verbs.more')}
        </Button>
      ) : null}
    </div>
  );
}
