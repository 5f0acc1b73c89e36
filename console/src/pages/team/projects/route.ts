import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/t/$team/team/projects', text: ['team'], needs: 'project.read', search: [] });
