import { definePage } from '../../lib/page';

export const page = definePage({ path: '/tour', text: ['tour'], needs: null, search: [] });
