import type { IncidentStore } from '../../domain/alert/incident';
import type { MailSender, NoticeStore } from '../../domain/alert/notice';
import type { AlertStore } from '../../domain/alert/rule';
import type { AlertWatch } from '../../domain/alert/watch';
import type { WebhookSigner } from '../../domain/events/callback';
import type { Logger } from '../../domain/log';
import type { BalanceStore } from '../../domain/provider/balance';
import type { ProviderHealthStore } from '../../domain/provider/health';
import type { Egress } from '../../domain/storage';
import type { UsualCache } from './usual-cache';

/** What looking at alerts uses. */
export interface WatchingDeps {
  readonly alerts: Pick<AlertStore, 'enabled' | 'noteFailure'>;
  readonly incidents: Pick<IncidentStore, 'record'>;
  readonly watch: AlertWatch;
  readonly health: Pick<ProviderHealthStore, 'breakers' | 'health'>;
  readonly balances: Pick<BalanceStore, 'last'>;
  /** Lives as long as the process. */
  readonly usual: UsualCache;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** What telling of incidents uses. */
export interface TellingDeps {
  readonly notices: Pick<NoticeStore, 'takeTurn' | 'endTurn' | 'hold'>;
  readonly egress: Pick<Egress, 'post'>;
  readonly signer: WebhookSigner;
  /** null: ATELIER_SMTP_URL is not set. */
  readonly mail: MailSender | null;
  /** Where users reach the api, without a trailing slash. */
  readonly baseUrl: string;
  /** 1; smaller shortens the pauses between tries (tests). */
  readonly scheduleScale: number;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly random: () => number;
}
