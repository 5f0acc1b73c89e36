import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/routing/prices', text: ['routing'], needs: 'provider.read', search: [] });
