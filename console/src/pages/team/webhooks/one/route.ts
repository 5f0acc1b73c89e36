import { definePage } from '../../../../lib/page';

export interface WebhookSearch {
  readonly [name: string]: string | undefined;
  /** Of deliveries: "pending", "delivered", "failed"; absent: all. */
  readonly status?: string;
}

export const page = definePage<WebhookSearch>({
  path: '/t/$team/team/webhooks/$id',
  text: ['team', 'webhooks'],
  needs: 'webhook.read',
  search: ['status'],
});
