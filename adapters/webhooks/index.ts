import { Webhook } from 'standardwebhooks';
import { AppError } from '../../domain/errors';
import type { WebhookSigner } from '../../domain/events/callback';

/** Signs by the library of Standard Webhooks. */
export function createWebhookSigner(): WebhookSigner {
  return {
    sign({ id, at, body, secrets }) {
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': secrets.map((secret) => webhookOf(secret).sign(id, at, body)).join(' '),
      };
    },
  };
}

/** The library's own error would repeat nothing of use, and must not repeat the secret. */
function webhookOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new AppError(
      'internal',
      "A callback secret is not whsec_ and base64. Set the team's callback_secret in the configuration, or rotate the endpoint's secret.",
    );
  }
}
