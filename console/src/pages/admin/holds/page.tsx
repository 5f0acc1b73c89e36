import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useErrorText } from '../../../api/errors';
import { holdsQuery, useReleaseHold, type LegalHold } from '../../../api/holds';
import { useMay } from '../../../api/session';
import { HoldDialog } from '../../../features/holds/hold-dialog';
import { HoldsTable } from '../../../features/holds/holds-table';
import { Loaded } from '../../../features/loaded/loaded';
import css from '../../../features/operations/operations.module.css';
import { usePageSearch } from '../../../lib/page';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/holds.json';
import { Button } from '../../../ui/button';
import { Confirm } from '../../../ui/confirm';
import { PageHeader } from '../../../ui/page-header';
import { State } from '../../../ui/states';
import { page } from './route';

export function Page() {
  const text = useText<typeof words>('holds');
  const errorText = useErrorText();
  const [search, change] = usePageSearch(page);
  const holds = useQuery(holdsQuery);
  const mayManage = useMay('retention.manage');
  const release = useReleaseHold();
  const [leaving, setLeaving] = useState<LegalHold | null>(null);
  const close = (): void => change({ add: undefined });
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} about={text('about')}>
        {mayManage ? (
          <Button kind="primary" icon="add" onClick={() => change({ add: 'yes' })}>
            {text('place')}
          </Button>
        ) : null}
      </PageHeader>
      <Loaded query={holds} rows={3} height={56}>
        {(rows) =>
          rows.length === 0 ? (
            <State icon="lock" title={text('none')} />
          ) : (
            <HoldsTable rows={rows} onRelease={mayManage ? setLeaving : null} />
          )
        }
      </Loaded>
      {mayManage && search.add === 'yes' ? <HoldDialog onClose={close} /> : null}
      {leaving === null ? null : (
        <Confirm
          title={text('releaseTitle')}
          about={text('releaseAbout')}
          verb={text('release')}
          isBusy={release.isPending}
          fault={release.error === null ? null : errorText(release.error)}
          onConfirm={() => release.mutate(leaving.id, { onSuccess: () => setLeaving(null) })}
          onClose={() => setLeaving(null)}
        />
      )}
    </div>
  );
}
