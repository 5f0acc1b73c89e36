import { definePage } from '../../lib/page';

export const page = definePage({ path: '/me', text: ['me'], needs: null, search: [] });
