import { definePage } from '../../../lib/page';

export interface LibrarySearch {
  readonly [name: string]: string | undefined;
  readonly kind?: string;
  readonly q?: string;
  readonly tag?: string;
  readonly favourite?: string;
  readonly template?: string;
  readonly campaign_id?: string;
}

export const page = definePage<LibrarySearch>({
  path: '/t/$team/library',
  text: ['library', 'views'],
  needs: 'generation.read',
  place: { group: 'work', order: 4, icon: 'library', key: 'l' },
  search: ['kind', 'q', 'tag', 'favourite', 'template', 'campaign_id'],
});
