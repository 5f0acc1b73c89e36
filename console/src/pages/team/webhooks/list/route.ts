import { definePage } from '../../../../lib/page';

export const page = definePage({ path: '/t/$team/team/webhooks', text: ['team', 'webhooks'], needs: 'webhook.read', search: [] });
