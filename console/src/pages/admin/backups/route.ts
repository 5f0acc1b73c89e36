import { definePage } from '../../../lib/page';

export interface BackupsSearch {
  readonly [name: string]: string | undefined;
  /** Only those with this status. */
  readonly status?: string;
}

export const page = definePage<BackupsSearch>({ path: '/admin/backups', text: ['backups'], needs: 'backup.read', search: ['status'] });
