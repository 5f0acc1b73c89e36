import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/admin/system', text: ['operations'], needs: 'system.read', search: [] });
