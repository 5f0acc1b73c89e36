import { definePage } from '../../../lib/page';

export const page = definePage({ path: '/t/$team/connect/$client', text: ['connect'], needs: 'model.read', search: [] });
