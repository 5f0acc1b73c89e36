import type { ReactNode } from 'react';
import { useMay } from '../../api/session';
import { paths } from '../../lib/paths';
import { useText } from '../../lib/text';
import type words from '../../text/en/routing.json';
import { PageHeader } from '../../ui/page-header';
import { Tabs } from '../../ui/tabs';
import css from './routing.module.css';

interface RoutingPageProps {
  readonly tab: 'models' | 'providers' | 'prices' | 'queues';
  readonly verbs?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of the pages about where requests go. */
export function RoutingPage({ tab, verbs, children }: RoutingPageProps) {
  const text = useText<typeof words>('routing');
  const seesQueues = useMay('system.read');
  return (
    <div className={css.page}>
      <PageHeader title={text('title')} tab={text(`tabs.${tab}`)}>
        {verbs}
      </PageHeader>
      <Tabs
        label={text('title')}
        tabs={[
          { to: paths.routing(), label: text('tabs.models') },
          { to: paths.providers(), label: text('tabs.providers') },
          { to: paths.prices(), label: text('tabs.prices') },
          ...(seesQueues ? [{ to: paths.queues(), label: text('tabs.queues') }] : []),
        ]}
      />
      {children}
    </div>
  );
}
