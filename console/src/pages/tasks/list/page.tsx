import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { ApiError, useErrorText } from '../../../api/errors';
import { useTeam } from '../../../api/session';
import { tasksQuery, type TaskFilter, type TaskRow } from '../../../api/tasks';
import { TaskFilters } from '../../../features/tasks/filters';
import { TaskGrid } from '../../../features/tasks/task-grid';
import { Peek } from '../../../features/run/peek';
import { SavedViews } from '../../../features/views/saved-views';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/tasks.json';
import { Button, ButtonLink } from '../../../ui/button';
import css from '../../../ui/list-page.module.css';
import { PageHeader } from '../../../ui/page-header';
import { Fault, Skeleton, State } from '../../../ui/states';
import { FILTERS, page, type TasksSearch } from './route';

const DAY_MS = 86_400_000;
const TYPES: readonly string[] = ['text', 'image', 'video'];
const STATUSES: readonly string[] = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'];

export function Page() {
  const text = useText<typeof words>('tasks');
  const errorText = useErrorText();
  const team = useTeam();
  const [search, change] = usePageSearch(page);
  const filter = useMemo(() => filterOf(search), [search]);
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(tasksQuery(team, filter));
  const rows = useMemo(() => data?.pages.flatMap((one) => one.data) ?? [], [data]);
  const running = rows.filter(({ status }) => status === 'running' || status === 'queued').length;
  const isFiltered = Object.keys(filter).length > 0;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const peek = (row: TaskRow): void => change({ peek: search.peek === row.id ? undefined : row.id });
  const clear = (): void => change(Object.fromEntries(FILTERS.map((name) => [name, undefined])));

  return (
    <div className={css.page}>
      <PageHeader title={text('title')} tab={running === 0 ? text('title') : `(${running}) ${text('title')}`} about={team}>
        <SavedViews list="tasks" filters={FILTERS} search={search} onChange={change} />
      </PageHeader>
      <TaskFilters search={search} running={running} onChange={change} />
      <div className={css.split}>
        <div className={css.list}>
          {isPending ? <Skeleton rows={8} height={64} /> : null}
          {error === null ? null : (
            <Fault
              message={errorText(error)}
              requestId={error instanceof ApiError ? error.requestId : null}
              onRetry={() => void refetch()}
            />
          )}
          {!isPending && error === null && rows.length === 0 ? (
            isFiltered ? (
              <State icon="search" title={text('noMatch')}>
                <Button onClick={clear}>{text('clear')}</Button>
              </State>
            ) : (
              <State icon="tasks" title={text('empty')}>
                <ButtonLink kind="primary" to={paths.image(team)}>
                  {text('makeImage')}
                </ButtonLink>
              </State>
            )
          ) : null}
          {rows.length > 0 ? <TaskGrid rows={rows} openKey={search.peek} hasMore={hasNextPage} onEnd={more} onPeek={peek} /> : null}
        </div>
        {search.peek === undefined ? null : (
          <Peek
            key={search.peek}
            id={search.peek}
            rows={rows}
            onMove={(id) => change({ peek: id })}
            onClose={() => change({ peek: undefined })}
          />
        )}
      </div>
    </div>
  );
}

/** What the API is asked for; what a link has wrong is left out. */
function filterOf({ q, type, status, model, template, campaign_id: campaign, time }: TasksSearch): TaskFilter {
  const days = time === '7d' ? 7 : time === '30d' ? 30 : null;
  const since =
    time === 'today' ? new Date(new Date().setHours(0, 0, 0, 0)) : days === null ? null : new Date(startOfHour() - days * DAY_MS);
  return {
    ...(q === undefined ? {} : /^task_[0-9a-f]{32}$/.test(q.trim()) ? { ids: q.trim() } : { q }),
    ...(type !== undefined && TYPES.includes(type) ? { type: type as TaskRow['type'] } : {}),
    ...(status !== undefined && STATUSES.includes(status) ? { status } : {}),
    ...(model === undefined ? {} : { model }),
    ...(template === undefined ? {} : { template }),
    ...(campaign === undefined ? {} : { campaign_id: campaign }),
    ...(since === null ? {} : { created_after: since.toISOString() }),
  };
}

/** So that a page that is drawn anew asks for the same thing. */
const startOfHour = (): number => Math.floor(Date.now() / 3_600_000) * 3_600_000;
