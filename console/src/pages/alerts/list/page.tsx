import { useInfiniteQuery } from '@tanstack/react-query';
import { incidentsQuery, useAcknowledge, type IncidentState } from '../../../api/alerts';
import { useErrorText } from '../../../api/errors';
import { useMay } from '../../../api/session';
import { AlertsPage } from '../../../features/alerts/alerts-header';
import { IncidentsTable } from '../../../features/alerts/incidents-table';
import { LoadedRows } from '../../../features/loaded/loaded';
import { usePageSearch } from '../../../lib/page';
import { useLanguage, useText } from '../../../lib/text';
import type words from '../../../text/en/alerts.json';
import { note } from '../../../ui/announce';
import { Segmented } from '../../../ui/segmented';
import { State } from '../../../ui/states';
import css from './page.module.css';
import { page } from './route';

const STATES = ['active', 'open', 'acknowledged', 'resolved', 'all'] as const;

export function Page() {
  const text = useText<typeof words>('alerts');
  const errorText = useErrorText();
  const language = useLanguage();
  const [search, change] = usePageSearch(page);
  const state = STATES.find((one) => one === search.state) ?? 'active';
  const incidents = useInfiniteQuery(incidentsQuery(state === 'all' ? null : (state satisfies IncidentState), language));
  const mayManage = useMay('incident.manage');
  const acknowledge = useAcknowledge();
  return (
    <AlertsPage tab="incidents">
      <div className={css.filters}>
        <Segmented
          label={text('state')}
          value={state}
          onChange={(value) => change({ state: value === 'active' ? undefined : value })}
          segments={STATES.map((value) => ({ value, label: text(`states.${value}`) }))}
        />
      </div>
      <LoadedRows
        query={incidents}
        height={60}
        empty={<State icon={state === 'active' ? 'allDone' : 'search'} title={text(state === 'active' ? 'allWell' : 'noMatch')} />}
      >
        {(rows) => (
          <IncidentsTable
            rows={rows}
            onAcknowledge={mayManage ? ({ id }) => acknowledge.mutate(id, { onError: (error) => note(errorText(error)) }) : null}
          />
        )}
      </LoadedRows>
    </AlertsPage>
  );
}
