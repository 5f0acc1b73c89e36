import { definePage } from '../../../lib/page';

export interface MigrationSearch {
  readonly [name: string]: string | undefined;
  /** The id of the move that is shown; absent: the newest. */
  readonly move?: string;
}

export const page = definePage<MigrationSearch>({
  path: '/admin/migration',
  text: ['migration'],
  needs: 'import.read',
  search: ['move'],
});
