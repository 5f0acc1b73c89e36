import { Webhook } from 'standardwebhooks';
import { AppError } from '../../domain/errors';
import type { WebhookSigner } from '../../domain/events/callback';

/** Signs by the library of Standard Webhooks. */
export function createWebhookSigner(): WebhookSigner {
  return {
    sign({ id, at, body, secret }) {
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': webhookOf(secret).sign(id, at, body),
      };
    },
  };
}

/** The library's own error would repeat nothing of use, and must not repeat the secret. */
function webhookOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new AppError('internal', "The team's callback secret is not whsec_ and base64: set another one in the configuration.");
  }
}
