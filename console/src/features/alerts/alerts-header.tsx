import type { ReactNode } from 'react';
import { useMay } from '../../api/session';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/alerts.json';
import { PageHeader } from '../../ui/page-header';
import { Tabs } from '../../ui/tabs';
import css from './alerts.module.css';

/** The frame of incidents and rules. */
export function AlertsPage({
  tab,
  verbs,
  children,
}: {
  readonly tab: 'incidents' | 'rules';
  readonly verbs?: ReactNode;
  readonly children: ReactNode;
}) {
  const text = useText<typeof words>('alerts');
  const seesRules = useMay('alert.read');
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} tab={text(`tabs.${tab}`)}>
        {verbs}
      </PageHeader>
      {seesRules ? (
        <Tabs
          label={text('title')}
          tabs={[
            { to: paths.incidents(), label: text('tabs.incidents') },
            { to: paths.alertRules(), label: text('tabs.rules') },
          ]}
        />
      ) : null}
      {children}
    </div>
  );
}
