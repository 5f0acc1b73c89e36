import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/t/$team/templates/$name', text: ['templates'], needs: 'template.read', search: [] });
