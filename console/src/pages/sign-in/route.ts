import { definePage } from '../../lib/page';

export const page = definePage<{ next?: string }>({ path: '/sign-in', text: ['sign-in'], needs: null, isOpen: true, search: ['next'] });
