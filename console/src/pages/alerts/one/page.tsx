import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { incidentQuery } from '../../../api/alerts';
import { useMay, useTeams } from '../../../api/session';
import { IncidentVerbs } from '../../../features/alerts/incident-verbs';
import { IncidentView } from '../../../features/alerts/incident-view';
import { paths } from '../../../lib/paths';
import { useLanguage, useText } from '../../../lib/text';
import type words from '../../../text/en/alerts.json';
import { ButtonLink } from '../../../ui/button';
import { PageHeader } from '../../../ui/page-header';
import { Skeleton } from '../../../ui/states';
import css from './page.module.css';

/** Before an incident opened, what led to it. */
const BEFORE_MS = 30 * 60_000;

export function Page() {
  const text = useText<typeof words>('alerts');
  const language = useLanguage();
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: incident } = useQuery({ ...incidentQuery(id, language), throwOnError: (_error, { state }) => state.data === undefined });
  const mayManage = useMay('incident.manage');
  const mayReadLogs = useMay('log.read');
  const teams = useTeams();
  if (incident === undefined) return <Skeleton rows={6} height={60} />;
  const { subject, opened_at: opened, resolved_at: resolved } = incident;
  const team = subject['team'] ?? teams[0];
  const query = new URLSearchParams({
    from: new Date(Date.parse(opened) - BEFORE_MS).toISOString(),
    ...(resolved === null ? {} : { to: resolved }),
    ...(subject['credential'] === undefined ? {} : { credential: subject['credential'] }),
    ...(subject['provider'] === undefined ? {} : { provider: subject['provider'], teams: 'all' }),
  }).toString();
  return (
    <div className={css.page}>
      <PageHeader
        title={text('incident')}
        tab={incident.title}
        before={
          <ButtonLink kind="quiet" icon="back" to={paths.incidents()}>
            {text('tabs.incidents')}
          </ButtonLink>
        }
      >
        {mayReadLogs && team !== undefined ? (
          <ButtonLink icon="logs" to={paths.logs(team, query)}>
            {text('itsCalls')}
          </ButtonLink>
        ) : null}
        {mayManage ? <IncidentVerbs incident={incident} /> : null}
      </PageHeader>
      <IncidentView incident={incident} />
    </div>
  );
}
