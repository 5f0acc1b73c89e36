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
  /** "1": new calls come by themselves. */
  readonly live?: string;
  /** The call that stands open beside the list. */
  readonly peek?: string;
}

export const FILTERS = [
  ...(['window', 'from', 'to', 'teams', 'status', 'q'] as const),
  ...(['team', 'credential', 'model', 'provider', 'error_code', 'project', 'member', 'class', 'endpoint', 'min_cost_usd'] as const),
] as const;

export const page = definePage<LogsSearch>({
  path: '/t/$team/logs',
  text: ['logs', 'views'],
  needs: 'log.read',
  place: { group: 'control', order: 2, icon: 'logs' },
  search: [...FILTERS, 'peek', 'live'],
});
