import { definePage } from '../../../lib/page';

export const page = definePage({
  path: '/t/$team/connect',
  text: ['connect'],
  needs: 'model.read',
  place: { group: 'team', order: 1, icon: 'connect', key: 'o' },
  search: [],
});
