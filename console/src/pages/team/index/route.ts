import { definePage } from '../../../lib/page';

export const page = definePage({
  path: '/t/$team/team',
  text: ['team'],
  needs: 'team.read',
  place: { group: 'team', order: 3, icon: 'team' },
  search: [],
});
