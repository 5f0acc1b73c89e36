import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/alerts/$id', text: ['alerts'], needs: 'incident.read', search: [] });
