import { definePage } from '../../../lib/page';

export const page = definePage({
  path: '/t/$team/studio/video',
  text: ['studio'],
  needs: 'generation.create',
  place: { group: 'create', order: 2, icon: 'video', key: 'v' },
  isWide: true,
  search: ['from'],
});
