import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/routing/queues', text: ['routing'], needs: 'system.read', search: [] });
