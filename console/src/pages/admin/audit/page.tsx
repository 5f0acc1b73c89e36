import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { auditFile, auditHeadQuery, auditQuery, type AuditFilter } from '../../../api/audit';
import { AuditFilters } from '../../../features/audit/audit-filters';
import { AuditHead } from '../../../features/audit/audit-head';
import { AuditTable } from '../../../features/audit/audit-table';
import { LoadedRows } from '../../../features/loaded/loaded';
import { saveFile } from '../../../lib/download';
import { usePageSearch } from '../../../lib/page';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/audit.json';
import { Button } from '../../../ui/button';
import { PageHeader } from '../../../ui/page-header';
import { State } from '../../../ui/states';
import css from './page.module.css';
import { page, type AuditSearch } from './route';

export function Page() {
  const text = useText<typeof words>('audit');
  const [search, change] = usePageSearch(page);
  const filter = filterOf(search);
  const entries = useInfiniteQuery(auditQuery(filter));
  const { data: head } = useQuery(auditHeadQuery);
  return (
    <div className={css.page}>
      <PageHeader title={text('title')}>
        <Button icon="download" onClick={() => saveFile(auditFile(filter, 'csv'), 'audit.csv')}>
          {text('csv')}
        </Button>
        <Button icon="download" onClick={() => saveFile(auditFile(filter, 'jsonl'), 'audit.jsonl')}>
          {text('jsonl')}
        </Button>
      </PageHeader>
      {head === undefined ? null : <AuditHead head={head} />}
      <AuditFilters values={search} onChange={change} />
      <LoadedRows query={entries} empty={<State icon="search" title={text('empty')} />}>
        {(rows) => <AuditTable rows={rows} />}
      </LoadedRows>
    </div>
  );
}

/** What the API is asked for; days that cannot be read are left out. The day of `to` is in it. */
function filterOf({ actor, action, object, from, to }: AuditSearch): AuditFilter {
  const isDay = (day: string | undefined): day is string =>
    day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day));
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(object === undefined ? {} : { object }),
    ...(isDay(from) ? { from: new Date(`${from}T00:00:00`).toISOString() } : {}),
    ...(isDay(to) ? { to: new Date(new Date(`${to}T00:00:00`).getTime() + 86_400_000).toISOString() } : {}),
  };
}
