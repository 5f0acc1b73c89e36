import { useQuery } from '@tanstack/react-query';
import { importChecksQuery, importTrafficQuery } from '../../../api/imports';
import { useMay } from '../../../api/session';
import { Loaded } from '../../../features/loaded/loaded';
import { Checklist } from '../../../features/migration/checklist';
import css from '../../../features/migration/migration.module.css';
import { TrafficPanel } from '../../../features/migration/traffic-panel';
import { useLanguage } from '../../../lib/text';

/** Where one move stands, and which of its keys are served here. */
export function OneMove({ id }: { readonly id: string }) {
  const checks = useQuery(importChecksQuery(id, useLanguage()));
  const traffic = useQuery(importTrafficQuery(id));
  const mayManage = useMay('import.manage');
  return (
    <div className={css.split}>
      <Loaded query={checks} rows={11} height={48}>
        {(rows) => <Checklist rows={rows} />}
      </Loaded>
      <Loaded query={traffic} rows={1} height={320}>
        {(now) => <TrafficPanel traffic={now} mayManage={mayManage} />}
      </Loaded>
    </div>
  );
}
