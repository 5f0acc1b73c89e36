import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { campaignsQuery, type CampaignStatus } from '../../../api/campaigns';
import { ApiError, useErrorText } from '../../../api/errors';
import { useMay, useTeam } from '../../../api/session';
import { CampaignGrid } from '../../../features/campaign-list/campaign-grid';
import { SavedViews } from '../../../features/views/saved-views';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type common from '../../../text/en/common.json';
import type words from '../../../text/en/campaigns.json';
import { Button, ButtonLink } from '../../../ui/button';
import { PageHeader } from '../../../ui/page-header';
import { Select } from '../../../ui/select';
import { Fault, Skeleton, State } from '../../../ui/states';
import css from './page.module.css';
import { page } from './route';

const STATUSES: readonly CampaignStatus[] = ['running', 'paused', 'budget_exhausted', 'scheduled', 'draft', 'completed', 'cancelled'];
/** What asks for attention stands first. */
const RANK: Readonly<Partial<Record<CampaignStatus, number>>> = { running: 0, budget_exhausted: 1, paused: 1 };

export function Page() {
  const text = useText<typeof words>('campaigns');
  const shared = useText<typeof common>('common');
  const errorText = useErrorText();
  const team = useTeam();
  const mayCreate = useMay('generation.create');
  const [search, change] = usePageSearch(page);
  const status = STATUSES.find((one) => one === search.status);
  const { data, error, isPending, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery(campaignsQuery(team, status));
  const rows = useMemo(
    () => (data?.pages.flatMap((one) => one.data) ?? []).toSorted((a, b) => (RANK[a.status] ?? 2) - (RANK[b.status] ?? 2)),
    [data],
  );
  const running = rows.filter((row) => row.status === 'running').length;
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} tab={running === 0 ? text('title') : `(${running}) ${text('title')}`} about={team}>
        <ButtonLink icon="scheduled" to={paths.schedules(team)}>
          {text('schedules')}
        </ButtonLink>
        {mayCreate ? (
          <ButtonLink kind="primary" icon="add" to={paths.newCampaign(team)}>
            {text('new')}
          </ButtonLink>
        ) : null}
      </PageHeader>
      {rows.length === 0 && status === undefined ? null : (
        <div className={css.filters}>
          <Select
            label={text('status')}
            value={status ?? ''}
            onChange={(value) => change({ status: value === '' ? undefined : value })}
            choices={[{ value: '', label: text('anyStatus') }, ...STATUSES.map((one) => ({ value: one, label: shared(`status.${one}`) }))]}
          />
          <SavedViews list="campaigns" filters={page.search} search={search} onChange={change} />
        </div>
      )}
      {isPending ? <Skeleton rows={6} height={64} /> : null}
      {error === null ? null : (
        <Fault message={errorText(error)} requestId={error instanceof ApiError ? error.requestId : null} onRetry={() => void refetch()} />
      )}
      {!isPending && error === null && rows.length === 0 ? (
        status === undefined ? (
          <State icon="campaigns" title={text('empty')}>
            {mayCreate ? (
              <ButtonLink kind="primary" to={paths.newCampaign(team)}>
                {text('new')}
              </ButtonLink>
            ) : null}
          </State>
        ) : (
          <State icon="search" title={text('noMatch')}>
            <Button onClick={() => change({ status: undefined })}>{text('clear')}</Button>
          </State>
        )
      ) : null}
      {rows.length > 0 ? <CampaignGrid rows={rows} hasMore={hasNextPage} onEnd={() => void fetchNextPage()} /> : null}
    </div>
  );
}
