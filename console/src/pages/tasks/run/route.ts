import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/t/$team/tasks/$id', text: ['run'], needs: 'generation.read', search: [] });
