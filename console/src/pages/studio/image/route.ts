import { definePage } from '../../../lib/page';

export interface ImageSearch {
  readonly [name: string]: string | undefined;
  /** An asset that becomes a reference. */
  readonly from?: string;
}

export const page = definePage<ImageSearch>({
  path: '/t/$team/studio/image',
  text: ['studio'],
  needs: 'generation.create',
  place: { group: 'create', order: 1, icon: 'image', key: 'i' },
  isWide: true,
  search: ['from'],
});
