import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { backupsQuery, useMakeBackup, useVerifyBackup, type BackupStatus } from '../../../api/backups';
import { useErrorText } from '../../../api/errors';
import { systemQuery } from '../../../api/operations';
import { useMay } from '../../../api/session';
import { BackupsTable } from '../../../features/backups/backups-table';
import { ByCommand } from '../../../features/backups/by-command';
import { LoadedRows } from '../../../features/loaded/loaded';
import css from '../../../features/operations/operations.module.css';
import own from '../../../features/backups/backups.module.css';
import { usePageSearch } from '../../../lib/page';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/backups.json';
import { Button } from '../../../ui/button';
import { PageHeader } from '../../../ui/page-header';
import { Panel } from '../../../ui/panel';
import { Segmented } from '../../../ui/segmented';
import { Notice, State } from '../../../ui/states';
import { page } from './route';

const STATUSES = ['all', 'succeeded', 'running', 'failed'] as const;

export function Page() {
  const text = useText<typeof words>('backups');
  const errorText = useErrorText();
  const [search, change] = usePageSearch(page);
  const status = STATUSES.find((one) => one === search.status) ?? 'all';
  const backups = useInfiniteQuery(backupsQuery(status === 'all' ? undefined : (status satisfies BackupStatus)));
  const { data: system } = useQuery(systemQuery);
  const mayManage = useMay('backup.manage');
  const make = useMakeBackup();
  const verify = useVerifyBackup();
  const fault = make.error ?? verify.error;
  const place = system?.backup_to;
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} about={text('about')}>
        {mayManage && typeof place === 'string' ? (
          <Button kind="primary" icon="add" disabled={make.isPending} onClick={() => make.mutate(undefined)}>
            {text('make')}
          </Button>
        ) : null}
      </PageHeader>
      {place === null ? (
        <Notice tone="warn">
          <p>{text('noPlace')}</p>
          <ByCommand verb="make" />
        </Notice>
      ) : null}
      {fault === null ? null : <Notice tone="danger">{errorText(fault)}</Notice>}
      <div className={own.filter}>
        <Segmented
          label={text('status')}
          value={status}
          onChange={(value) => change({ status: value === 'all' ? undefined : value })}
          segments={STATUSES.map((value) => ({ value, label: text(`filter.${value}`) }))}
        />
      </div>
      <LoadedRows
        query={backups}
        rows={3}
        height={72}
        empty={
          status === 'all' ? (
            <State icon="save" title={text('none')}>
              <ByCommand verb="make" />
            </State>
          ) : (
            <State icon="search" title={text('noneOf')} />
          )
        }
      >
        {(rows) => <BackupsTable rows={rows} onVerify={mayManage ? (row) => verify.mutate(row.id) : null} />}
      </LoadedRows>
      <Panel title={text('restore')}>
        <ByCommand verb="restore" />
      </Panel>
    </div>
  );
}
