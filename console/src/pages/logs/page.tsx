import { useMemo, useState } from 'react';
import { callsFile, type Call, type CallFilter } from '../../api/logs';
import { useMe, useTeam } from '../../api/session';
import { Failed } from '../../features/loaded/loaded';
import { CallGrid } from '../../features/logs/call-grid';
import { CallPeek } from '../../features/logs/call-peek';
import { CHIPS, LogFilters } from '../../features/logs/filters';
import { Histogram } from '../../features/logs/histogram';
import { windowOf, type Window } from '../../features/logs/window';
import { SavedViews } from '../../features/views/saved-views';
import { copyText } from '../../lib/clipboard';
import { saveFile } from '../../lib/download';
import { BASE } from '../../lib/go';
import { names } from '../../lib/names';
import { usePageSearch, writeSearch } from '../../lib/page';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type common from '../../text/en/common.json';
import type words from '../../text/en/logs.json';
import { note } from '../../ui/announce';
import { Button } from '../../ui/button';
import frame from '../../ui/list-page.module.css';
import { PageHeader } from '../../ui/page-header';
import { ScopeSwitch } from '../../ui/scope-switch';
import { Skeleton, State } from '../../ui/states';
import { Switch } from '../../ui/switch';
import css from './page.module.css';
import { FILTERS, page, type LogsSearch } from './route';
import { useCalls } from './use-calls';

export function Page() {
  const text = useText<typeof words>('logs');
  const shared = useText<typeof common>('common');
  const team = useTeam();
  const seesAll = useMe().organisation_role !== null;
  const [search, change] = usePageSearch(page);
  const window = useMemo(() => windowOf(search), [search.window, search.from, search.to]);
  const isOfAll = seesAll && search.teams === 'all';
  const filter = useMemo(() => filterOf(search, window, isOfAll ? null : team), [search, window, isOfAll, team]);
  // What is followed has no end: a window with one shows what was.
  const isLive = search.live !== undefined && window.to === null;
  const calls = useCalls(filter, isLive);
  const { rows, isPaused } = calls;
  /** A new list begins at its top. */
  const [list, setList] = useState(0);
  const resume = (): void => {
    calls.onTop(true);
    setList(list + 1);
  };
  const open = rows.find(({ id }) => id === search.peek);
  const peek = (row: Call): void => change({ peek: search.peek === row.id ? undefined : row.id });
  const clear = (): void => change(Object.fromEntries(FILTERS.filter((name) => name !== 'teams').map((name) => [name, undefined])));
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
    <div className={names(frame.page, css.page)}>
      <PageHeader title={text('title')} about={isOfAll ? shared('scope.all') : team}>
        {seesAll ? <ScopeSwitch isOfAll={isOfAll} onChange={(all) => change({ teams: all ? 'all' : undefined, peek: undefined })} /> : null}
        <Switch
          label={text('live')}
          isOn={isLive}
          onChange={(isOn) => change(isOn ? { live: '1', from: undefined, to: undefined } : { live: undefined })}
        />
        <SavedViews list="logs" filters={FILTERS} search={search} onChange={change} />
        <Button icon="copy" onClick={copyLink}>
          {text('copyLink')}
        </Button>
        <Button icon="download" onClick={() => saveFile(callsFile(filter), 'calls.csv')}>
          {text('csv')}
        </Button>
      </PageHeader>
      <LogFilters values={search} window={window} onChange={change} />
      {isLive ? (
        <p className={css.live} role="status">
          {isPaused ? text('paused') : text('following')}
          {isPaused ? (
            <Button size="dense" icon="up" onClick={resume}>
              {text('resume')}
            </Button>
          ) : null}
        </p>
      ) : null}
      <Histogram filter={filter} window={window} onRange={setRange} />
      <div className={names(frame.split, css.split)}>
        <div className={frame.list}>
          {calls.isPending ? <Skeleton rows={8} height={44} /> : null}
          {calls.error === null ? null : <Failed error={calls.error} onRetry={calls.onRetry} />}
          {!calls.isPending && calls.error === null && rows.length === 0 ? (
            <State icon="logs" title={text('empty')}>
              <Button onClick={clear}>{text('clear')}</Button>
            </State>
          ) : null}
          {rows.length > 0 ? (
            <CallGrid
              key={list}
              rows={rows}
              openKey={open?.id}
              hasMore={calls.hasMore}
              onEnd={calls.onMore}
              onPeek={peek}
              onTop={calls.onTop}
            />
          ) : null}
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
