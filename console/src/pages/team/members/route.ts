import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/t/$team/team/members', text: ['team'], needs: 'member.read', search: [] });
