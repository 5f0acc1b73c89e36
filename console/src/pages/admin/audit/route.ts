import { definePage } from '../../../lib/page';

/** The filters of the audit log, by the names of the API. */
export interface AuditSearch {
  readonly [name: string]: string | undefined;
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
  /** Days. */
  readonly from?: string;
  readonly to?: string;
}

export const page = definePage<AuditSearch>({
  path: '/admin/audit',
  text: ['audit'],
  needs: 'audit.read',
  search: ['actor', 'action', 'object', 'from', 'to'],
});
