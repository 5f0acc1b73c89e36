import type { Page } from '../task/store';

/** The most endpoints of a team. */
export const MOST_ENDPOINTS = 20;
/** The secret before a rotation signs too for so long. */
export const OLD_SECRET_MS = 24 * 3_600_000;
/** Ended deliveries are kept for so many days, or as long as the team's retention where that is shorter. */
export const DELIVERIES_KEPT_DAYS = 30;

/** Why an endpoint is sent nothing: it answered 410, nothing succeeded there for three days, or the team switched it off. */
export const DISABLED_REASONS = ['gone', 'failing', 'requested'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** An address of a team that is told of its events. */
export interface WebhookEndpoint {
  /** `whe_` + 32 hex digits. */
  readonly id: string;
  readonly teamId: number;
  readonly name: string;
  readonly url: string;
  /** Types, and families such as `task.*`. */
  readonly eventTypes: readonly string[];
  /** The beginning of the secret that signs. */
  readonly secretHint: string;
  /** Until then the secret before signs too; null: there is none, or its time is over. */
  readonly oldSecretUntil: Date | null;
  /** null: it is enabled. */
  readonly disabled: { readonly reason: DisabledReason; readonly at: Date } | null;
  /** Since then every attempt has failed; null: the last one succeeded, or there was none. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  /** Of the last change of its configuration, its secret or its being enabled. */
  readonly updatedAt: Date;
}

export interface NewWebhookEndpoint {
  readonly id: string;
  readonly teamId: number;
  readonly name: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
}

/** What is left out stays. */
export interface WebhookEndpointChanges {
  readonly name?: string;
  readonly url?: string;
  readonly eventTypes?: readonly string[];
  readonly enabled?: boolean;
}

/** An endpoint with its secret, `whsec_` and base64: shown once. */
export interface EndpointWithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

export interface EndpointFilter {
  /** null: of all teams. */
  readonly teamId: number | null;
  /** Id of the last one of the page before. */
  readonly after?: string;
  /** 1..100 */
  readonly limit: number;
}

/** Endpoints in Postgres, their secrets encrypted. */
export interface WebhookEndpointStore {
  /** Makes its secret too. @throws AppError `conflict` when the team has `MOST_ENDPOINTS` */
  create(endpoint: NewWebhookEndpoint): Promise<EndpointWithSecret>;
  /** `teamId` null: any team's. */
  get(id: string, teamId: number | null): Promise<WebhookEndpoint | null>;
  /** The newest first. */
  list(filter: EndpointFilter): Promise<Page<WebhookEndpoint>>;
  /** Enabling forgets why it was disabled; disabling ends its deliveries as failed. null: there is no such endpoint. */
  update(id: string, changes: WebhookEndpointChanges): Promise<WebhookEndpoint | null>;
  /** With what waits to be delivered there. False: there is no such endpoint. */
  remove(id: string): Promise<boolean>;
  /** Makes another secret. `keepOldMs`: so long the one until now signs too; 0: no longer. null: there is no such endpoint. */
  rotate(id: string, keepOldMs: number): Promise<EndpointWithSecret | null>;
  /** The secrets that sign now, the newest first; empty: there is no such endpoint. */
  secrets(id: string): Promise<readonly string[]>;
}
