import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/alerts/rules', text: ['alerts'], needs: 'alert.read', search: [] });
