import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useErrorText } from '../../../api/errors';
import { schedulesQuery, useRemoveSchedule, type Schedule } from '../../../api/schedules';
import { useMay, useTeam } from '../../../api/session';
import { LoadedRows } from '../../../features/loaded/loaded';
import css from '../../../features/schedules/schedules.module.css';
import { SchedulesTable } from '../../../features/schedules/schedules-table';
import { useGo } from '../../../lib/go';
import { usePageSearch } from '../../../lib/page';
import { paths } from '../../../lib/paths';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/schedules.json';
import { ButtonLink, IconButton } from '../../../ui/button';
import { Confirm } from '../../../ui/confirm';
import { PageHeader } from '../../../ui/page-header';
import { SearchField } from '../../../ui/search-field';
import { State } from '../../../ui/states';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('schedules');
  const errorText = useErrorText();
  const team = useTeam();
  const go = useGo();
  const [search, change] = usePageSearch(page);
  const wanted = search.q ?? '';
  const schedules = useInfiniteQuery(schedulesQuery(team, wanted));
  const remove = useRemoveSchedule(team);
  const [mayCreate, mayControl] = [useMay('generation.create'), useMay('generation.control')];
  const [leaving, setLeaving] = useState<Schedule | null>(null);
  const verb = mayCreate ? (
    <ButtonLink kind="primary" icon="add" to={paths.newCampaign(team)}>
      {text('new')}
    </ButtonLink>
  ) : null;
  return (
    <div className={css.page}>
      <PageHeader
        title={text('title')}
        about={text('about')}
        before={<IconButton name={text('back')} icon="back" onClick={() => go(paths.campaigns(team))} />}
      >
        {verb}
      </PageHeader>
      <SearchField label={text('search')} value={wanted} onChange={(q) => change({ q: q === '' ? undefined : q })} />
      <LoadedRows
        query={schedules}
        rows={3}
        height={64}
        empty={
          wanted === '' ? (
            <State icon="scheduled" title={text('none')}>
              {verb}
            </State>
          ) : (
            <State icon="search" title={text('noMatch')} />
          )
        }
      >
        {(rows) => <SchedulesTable rows={rows} team={team} onRemove={mayControl ? setLeaving : null} />}
      </LoadedRows>
      {leaving === null ? null : (
        <Confirm
          title={text('removeTitle', { name: leaving.name ?? text('noName') })}
          about={text('removeAbout')}
          verb={text('remove')}
          isBusy={remove.isPending}
          fault={remove.error === null ? null : errorText(remove.error)}
          onConfirm={() => remove.mutate(leaving.id, { onSuccess: () => setLeaving(null) })}
          onClose={() => setLeaving(null)}
        />
      )}
    </div>
  );
}
