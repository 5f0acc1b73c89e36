import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/t/$team/library/$id', text: ['library'], needs: 'generation.read', search: [] });
