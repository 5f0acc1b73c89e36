import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/admin/retention', text: ['operations'], needs: 'retention.read', search: [] });
