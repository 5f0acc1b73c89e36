import { definePage } from '../../../lib/page';

export interface AlertsSearch {
  readonly [name: string]: string | undefined;
  /** "active" when absent, "open", "acknowledged", "resolved", "all". */
  readonly state?: string;
}

export const page = definePage<AlertsSearch>({
  path: '/alerts',
  text: ['alerts'],
  needs: 'incident.read',
  place: { group: 'control', order: 3, icon: 'alerts', key: 'a' },
  search: ['state'],
});
