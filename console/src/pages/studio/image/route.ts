import { definePage } from '../../../lib/page';

export const page = definePage({
  path: '/t/$team/studio/image',
  text: ['studio'],
  needs: 'generation.create',
  place: { group: 'create', order: 1, icon: 'image', key: 'i' },
  isWide: true,
  search: [],
});
