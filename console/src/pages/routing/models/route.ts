import { definePage } from '../../../lib/page';

export interface RoutingSearch {
  readonly [name: string]: string | undefined;
  /** Whose routes are shown; absent: the first with more than one. */
  readonly model?: string;
}

export const page = definePage<RoutingSearch>({
  path: '/routing',
  text: ['routing'],
  needs: 'provider.read',
  place: { group: 'control', order: 1, icon: 'routing', key: 'r' },
  search: ['model'],
});
