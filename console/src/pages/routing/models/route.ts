import { definePage } from '../../../lib/page';

export interface RoutingSearch {
  readonly [name: string]: string | undefined;
  /** Whose routes are shown; absent: the first with more than one. */
  readonly model?: string;
  /** "new" or "edit": the form stands open. */
  readonly form?: string;
}

export const page = definePage<RoutingSearch>({
  path: '/routing',
  text: ['routing', 'model-form'],
  needs: 'provider.read',
  place: { group: 'control', order: 1, icon: 'routing', key: 'r' },
  search: ['model', 'form'],
});
