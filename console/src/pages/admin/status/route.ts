import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/admin/status', text: ['operations'], needs: 'incident.manage', search: [] });
