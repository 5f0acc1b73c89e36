import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { callsFile, callsQuery, type Call, type CallFilter } from '../../api/logs';
import { useMe, useTeam } from '../../api/session';
import { Failed } from '../../features/loaded/loaded';
import { CallGrid } from '../../features/logs/call-grid';
import { CallPeek } from '../../features/logs/call-peek';
import { CHIPS, LogFilters } from '../../features/logs/filters';
import { Histogram } from '../../features/logs/histogram';
import { windowOf, type Window } from '../../features/logs/window';
import { copyText } from '../../lib/clipboard';
import { saveFile } from '../../lib/download';
import { BASE } from '../../lib/go';
import { usePageSearch, writeSearch } from '../../lib/page';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/logs.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import { PageHeader } from '../../ui/page-header';
import { Segmented } from '../../ui/segmented';
import { Skeleton, State } from '../../ui/states';
import css from './page.module.css';
import { page, type LogsSearch } from './route';

export function Page() {
  const text = useText<typeof words>('logs');
  const shared = useText<typeof common>('common');
  const team = useTeam();
  const seesAll = useMe().organisation_role !== null;
  const [search, change] = usePageSearch(page);
  const window = useMemo(() => windowOf(search), [search.window, search.from, search.to]);
  const isOfAll = seesAll && search.teams === 'all';
  const filter = useMemo(() => filterOf(search, window, isOfAll ? null : team), [search, window, isOfAll, team]);
  const calls = useInfiniteQuery(callsQuery(filter));
  const rows = useMemo(() => calls.data?.pages.flatMap(({ data }) => data) ?? [], [calls.data]);
  const { fetchNextPage, isFetchingNextPage } = calls;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const open = rows.find(({ id }) => id === search.peek);
  const peek = (row: Call): void => change({ peek: search.peek === row.id ? undefined : row.id });
  const clear = (): void => change(Object.fromEntries([...CHIPS, 'status', 'q', 'from', 'to', 'window'].map((name) => [name, undefined])));
  const setRange = (from: string, to: string): void => change({ from, to, window: undefined }, 'push');
  /** A link that shows the same minutes whenever it is opened. */
  const copyLink = (): void => {
    const fixed = { ...search, window: undefined, from: window.from, to: window.to ?? new Date().toISOString() };
    void copyText(`${globalThis.location.origin}${BASE}${paths.logs(team)}${writeSearch(fixed)}`).then(
      () => note(shared('copied')),
      () => note(shared('notCopied')),
    );
  };
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} about={isOfAll ? text('allTeams') : team}>
        {seesAll ? (
          <Segmented
            label={text('scope')}
            value={isOfAll ? 'all' : 'team'}
            onChange={(value) => change({ teams: value === 'all' ? 'all' : undefined, peek: undefined })}
            segments={[
              { value: 'team', label: text('thisTeam') },
              { value: 'all', label: text('allTeams') },
            ]}
          />
        ) : null}
        <Button icon="copy" onClick={copyLink}>
          {text('copyLink')}
        </Button>
        <Button icon="download" onClick={() => saveFile(callsFile(filter), 'calls.csv')}>
          {text('csv')}
        </Button>
      </PageHeader>
      <LogFilters values={search} window={window} onChange={change} />
      <Histogram filter={filter} window={window} onRange={setRange} />
      <div className={css.split}>
        <div className={css.list}>
          {calls.isPending ? <Skeleton rows={8} height={44} /> : null}
          {calls.error === null ? null : <Failed error={calls.error} onRetry={() => void calls.refetch()} />}
          {!calls.isPending && calls.error === null && rows.length === 0 ? (
            <State icon="logs" title={text('empty')}>
              <Button onClick={clear}>{text('clear')}</Button>
            </State>
          ) : null}
          {rows.length > 0 ? <CallGrid rows={rows} openKey={open?.id} hasMore={calls.hasNextPage} onEnd={more} onPeek={peek} /> : null}
        </div>
        {open === undefined ? null : <CallPeek key={open.id} call={open} onClose={() => change({ peek: undefined })} />}
      </div>
    </div>
  );
}

const STATUSES: readonly string[] = ['succeeded', 'failed', 'cancelled', 'expired'];

/** What the API is asked for. @param team - null: of all teams */
function filterOf(search: LogsSearch, window: Window, team: string | null): CallFilter {
  const named = CHIPS.flatMap((name) =>
    search[name] === undefined || (name === 'team' && team !== null) ? [] : [[name, search[name]] as const],
  );
  const { status, q } = search;
  return {
    ...Object.fromEntries(named),
    ...(team === null ? {} : { team }),
    from: window.from,
    ...(window.to === null ? {} : { to: window.to }),
    ...(status !== undefined && STATUSES.includes(status) ? { status: status as 'failed' } : {}),
    ...(q === undefined ? {} : { q }),
  };
}
