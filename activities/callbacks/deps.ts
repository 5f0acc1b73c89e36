import type { TextSigner } from '../../domain/access/secrets';
import type { CallbackStore, WebhookSigner } from '../../domain/events/callback';
import type { WebhookEndpointStore } from '../../domain/events/webhook-endpoint';
import type { CampaignStore } from '../../domain/campaign/campaign';
import type { Logger } from '../../domain/log';
import type { Egress } from '../../domain/storage';
import type { TaskStore } from '../../domain/task/store';
import type { CatalogueStore } from '../../domain/provider/catalogue-store';

/** What the delivery of events uses, all of it through ports. */
export interface CallbackDeps {
  readonly callbacks: CallbackStore;
  readonly tasks: Pick<TaskStore, 'findAnswered' | 'findInput'>;
  readonly campaigns: Pick<CampaignStore, 'get'>;
  /** Signs the links to stored files. */
  readonly links: TextSigner;
  readonly teams: Pick<CatalogueStore, 'callbackSecret'>;
  readonly endpoints: Pick<WebhookEndpointStore, 'secrets'>;
  readonly egress: Pick<Egress, 'post'>;
  readonly signer: WebhookSigner;
  /** Where users reach the api, without a trailing slash: for the links inside an event. */
  readonly baseUrl: string;
  /** 1; smaller shortens the schedule (tests). */
  readonly scheduleScale: number;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly random: () => number;
}
