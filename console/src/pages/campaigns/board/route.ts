import { definePage } from '../../../lib/page';

export interface BoardSearch {
  readonly [name: string]: string | undefined;
  /** "table"; absent: the wall. */
  readonly view?: string;
  readonly status?: string;
  /** Place of the item whose form stands open. */
  readonly edit?: string;
}

export const page = definePage<BoardSearch>({
  path: '/t/$team/campaigns/$id',
  text: ['campaigns'],
  needs: 'generation.read',
  search: ['view', 'status', 'edit'],
});
