import { useQuery } from '@tanstack/react-query';
import { retentionQuery } from '../../../api/operations';
import { useMay } from '../../../api/session';
import { Loaded } from '../../../features/loaded/loaded';
import css from '../../../features/operations/operations.module.css';
import { RetentionForm } from '../../../features/operations/retention-form';
import { RetentionPreview } from '../../../features/operations/retention-preview';
import { useText } from '../../../lib/text';
import type words from '../../../text/en/operations.json';
import { PageHeader } from '../../../ui/page-header';

export function Page() {
  const text = useText<typeof words>('operations');
  const retention = useQuery(retentionQuery);
  const mayManage = useMay('retention.manage');
  return (
    <div className={css.page}>
      <PageHeader title={text('retention.title')} about={text('retention.about')} />
      <Loaded query={retention}>
        {(data) => <RetentionForm key={JSON.stringify(data.rules)} retention={data} mayManage={mayManage} />}
      </Loaded>
      <RetentionPreview />
    </div>
  );
}
