import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMayHere, useTeam } from '../../../../api/session';
import { deliveriesQuery, endpointQuery, type DeliveryStatus } from '../../../../api/webhooks';
import { LoadedRows } from '../../../../features/loaded/loaded';
import { Deliveries } from '../../../../features/webhooks/deliveries';
import { EndpointState } from '../../../../features/webhooks/endpoints-table';
import { EndpointVerbs } from '../../../../features/webhooks/endpoint-verbs';
import { useGo } from '../../../../lib/go';
import { usePageSearch } from '../../../../lib/page';
import { paths } from '../../../../lib/paths';
import { useText } from '../../../../lib/text';
import type words from '../../../../text/en/webhooks.json';
import { ButtonLink } from '../../../../ui/button';
import { Facts } from '../../../../ui/facts';
import { PageHeader } from '../../../../ui/page-header';
import { Panel } from '../../../../ui/panel';
import { Segmented } from '../../../../ui/segmented';
import { Skeleton, State } from '../../../../ui/states';
import css from './page.module.css';
import { page } from './route';

const STATUSES: readonly DeliveryStatus[] = ['pending', 'delivered', 'failed'];

export function Page() {
  const text = useText<typeof words>('webhooks');
  const team = useTeam();
  const go = useGo();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const [search, change] = usePageSearch(page);
  const status = STATUSES.find((one) => one === search.status) ?? null;
  const { data: endpoint } = useQuery({ ...endpointQuery(team, id), throwOnError: (_error, { state }) => state.data === undefined });
  const deliveries = useInfiniteQuery(deliveriesQuery(team, id, status));
  const mayManage = useMayHere('webhook.manage');
  const back = (): void => go(paths.webhooks(team));
  if (endpoint === undefined) return <Skeleton rows={6} height={60} />;
  return (
    <div className={css.page}>
      <PageHeader
        title={endpoint.name}
        before={
          <ButtonLink kind="quiet" icon="back" to={paths.webhooks(team)}>
            {text('title')}
          </ButtonLink>
        }
      >
        {mayManage ? <EndpointVerbs team={team} endpoint={endpoint} onGone={back} /> : null}
      </PageHeader>
      <Panel>
        <Facts
          rows={[
            [text('url'), <code key="url">{endpoint.url}</code>],
            [text('events'), endpoint.event_types.join(', ')],
            [text('state'), <EndpointState key="state" endpoint={endpoint} />],
            [text('secret'), <code key="secret">{endpoint.signing_secret_hint}</code>],
          ]}
        />
      </Panel>
      <div className={css.head}>
        <h2>{text('deliveries')}</h2>
        <Segmented
          label={text('state')}
          value={status ?? ''}
          onChange={(value) => change({ status: value === '' ? undefined : value })}
          segments={[{ value: '', label: text('all') }, ...STATUSES.map((value) => ({ value, label: text(`statuses.${value}`) }))]}
        />
      </div>
      <LoadedRows query={deliveries} height={60} empty={<State icon="send" title={text(status === null ? 'noneSent' : 'noMatch')} />}>
        {(rows) => <Deliveries team={team} rows={rows} />}
      </LoadedRows>
    </div>
  );
}
