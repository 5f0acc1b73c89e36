import { definePage } from '../../lib/page';

/** The filters of the log, by the names of the API. */
export interface LogsSearch {
  readonly [name: string]: string | undefined;
  /** "1h", "6h", "24h" when absent, "7d", "30d"; a time of its own is `from` and `to`. */
  readonly window?: string;
  readonly from?: string;
  readonly to?: string;
  /** "all": of every team that the person may see. */
  readonly teams?: string;
  readonly status?: string;
  readonly q?: string;
  /** The call that stands open beside the list. */
  readonly peek?: string;
}

export const page = definePage<LogsSearch>({
  path: '/t/$team/logs',
  text: ['logs'],
  needs: 'log.read',
  place: { group: 'control', order: 2, icon: 'logs' },
  search: [
    ...(['window', 'from', 'to', 'teams', 'status', 'q', 'peek'] as const),
    ...(['team', 'credential', 'model', 'provider', 'error_code', 'project', 'member', 'class', 'endpoint', 'min_cost_usd'] as const),
  ],
});
