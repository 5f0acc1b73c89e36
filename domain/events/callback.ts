import type { Page } from '../task/store';
import type { WebhookEventType } from './webhook-event';

/** Events that are reported to a caller's `callback_url`, or to a webhook endpoint of its team. */

export const CALLBACK_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type CallbackStatus = (typeof CALLBACK_STATUSES)[number];

/** One try of a delivery, as the log keeps it. */
export interface CallbackAttempt {
  readonly at: Date;
  /** null: no answer came. */
  readonly statusCode: number | null;
  readonly durationMs: number;
  /** What was wrong, in words; null when it was delivered. */
  readonly error: string | null;
  /** The beginning of the answer's body. */
  readonly responseExcerpt: string | null;
  /** What was sent, without the signature; null when nothing could be sent. */
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly bytes: number } | null;
}

/** An event that a caller wants to be told of, and the log of its delivery. */
export interface Callback {
  /** Of a callback the event's (`evt_…`), of a delivery to an endpoint its own (`whd_…`). */
  readonly id: string;
  /** `evt_` + 32 hex digits; a task's event has the digits of the task. The `webhook-id` of every attempt. */
  readonly eventId: string;
  /** The endpoint that is told; null: a `callback_url` is. */
  readonly endpointId: string | null;
  /** Of a delivery to an endpoint: its number there, from 1 on. */
  readonly sequence: number | null;
  readonly type: WebhookEventType;
  /** The task told of. */
  readonly taskId: string | null;
  /** The campaign told of. */
  readonly campaignId: string | null;
  /** What the event says where it tells of no task and no campaign. */
  readonly data: object | null;
  readonly teamId: number;
  readonly teamName: string;
  /** Of an endpoint: where it is now. */
  readonly url: string;
  readonly status: CallbackStatus;
  readonly createdAt: Date;
  /** null unless pending. */
  readonly nextAttemptAt: Date | null;
  /** The oldest first; of very many the last 100. */
  readonly attempts: readonly CallbackAttempt[];
}

/** A delivery to an endpoint, as its log shows it. */
export interface Delivery extends Callback {
  /** What the last attempt sent, up to 64 KiB, in lists up to 4,096 characters; null: nothing was sent, or the team's retention is over. */
  readonly requestBody: string | null;
}

/** A try that may be made now. */
export interface CallbackTurn {
  readonly callback: Callback;
  /** Counts the redeliveries that were asked for; a try of an older round decides nothing. */
  readonly round: number;
  /** Tries of this round that were made before. */
  readonly triesBefore: number;
  /** Since the round began, by the database's clock. */
  readonly elapsedMs: number;
}

export type TakeTurn =
  | { readonly kind: 'turn'; readonly turn: CallbackTurn }
  /** Too early. */
  | { readonly kind: 'early'; readonly dueInMs: number }
  /** Delivered, given up, or unknown. */
  | { readonly kind: 'closed' };

/** What follows a try: its event is closed, or tried again after `againInMs`. */
export type TryVerdict =
  { readonly status: 'delivered' | 'failed'; readonly againInMs: null } | { readonly status: 'pending'; readonly againInMs: number };

export interface CallbackFilter {
  /** null: of all teams. */
  readonly teamId: number | null;
  readonly taskId?: string;
  readonly campaignId?: string;
  readonly status?: CallbackStatus;
  /** Id of the last one of the page before. */
  readonly after?: string;
  /** 1..100 */
  readonly limit: number;
}

export interface DeliveryFilter {
  readonly endpointId: string;
  readonly status?: CallbackStatus;
  /** Id of the last one of the page before. */
  readonly after?: string;
  /** 1..100 */
  readonly limit: number;
}

/** Of whom what failed is delivered again: of an endpoint of the team, or (`endpointId` null) of its callbacks; `teamId` null: of all teams. */
export interface FailedOf {
  readonly teamId: number | null;
  readonly endpointId: string | null;
}

/** The outbox of events in Postgres: written in the transaction of what they tell of. */
export interface CallbackStore {
  /** `teamId` null: any team's. */
  get(id: string, teamId: number | null): Promise<Callback | null>;
  /** Those of `callback_url`s, the newest first. */
  list(filter: CallbackFilter): Promise<Page<Callback>>;
  /** Those to an endpoint, the last one first. */
  deliveries(filter: DeliveryFilter): Promise<Page<Delivery>>;
  /** null: the endpoint has no such delivery. */
  delivery(endpointId: string, id: string): Promise<Delivery | null>;
  /** Begins a new round of tries, whatever became of the one before; says so on the feed. False: there is no such event. */
  redeliver(id: string): Promise<boolean>;
  /** Redelivers those that failed and were written since a time, the oldest first, at most `limit`. @returns how many */
  redeliverFailed(of: FailedOf, since: Date, limit: number): Promise<number>;
  /** The next try of an event, if it is due. One workflow per event asks, so nobody else has the turn. */
  takeTurn(id: string): Promise<TakeTurn>;
  /**
   * Writes the log and what follows; the endpoint, if it is one's, is disabled where this attempt is the last straw.
   * @param body - what was sent; kept for deliveries to endpoints
   * @returns what follows now: a redelivery asked for meanwhile goes before `verdict`
   */
  endTurn(turn: CallbackTurn, attempt: CallbackAttempt, verdict: TryVerdict, body: string | null): Promise<TryVerdict>;
  /**
   * Events that are due and that nobody seems to deliver; each is answered once in 10 s, to one asker.
   * `isKnown`: it was tried before or is tried anew, so its workflow may be there, asleep.
   */
  takeDue(limit: number): Promise<readonly { readonly id: string; readonly isKnown: boolean }[]>;
}

/** Says that an event is due now; a hint only, `takeDue` knows. */
export interface CallbackFeed {
  onCallback(listener: () => void): () => void;
}

/** Signs the body of a try by Standard Webhooks. */
export interface WebhookSigner {
  /** @returns the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`, which has a signature by each of the secrets */
  sign(message: {
    readonly id: string;
    readonly at: Date;
    readonly body: string;
    readonly secrets: readonly string[];
  }): Readonly<Record<string, string>>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When tries are made, in milliseconds since the first one: the contract's, then every four hours up to 72. */
export const TRY_OFFSETS_MS: readonly number[] = [
  0,
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  ...Array.from({ length: 18 }, (_, index) => (index + 1) * 4 * HOUR),
];

/** Each try comes up to this part of its pause earlier or later, so that a receiver that comes back is not run over. */
const JITTER = 0.1;

/**
 * The pause before the next try.
 * @param triesMade - in this round, at least 1
 * @param elapsedMs - since the round began
 * @param chance - 0..1, decides the jitter
 * @param scale - 1; smaller shortens the whole schedule
 * @returns milliseconds; null: no more tries
 */
export function nextTryInMs(triesMade: number, elapsedMs: number, chance: number, scale = 1): number | null {
  const offset = TRY_OFFSETS_MS[triesMade];
  const before = TRY_OFFSETS_MS[triesMade - 1];
  if (offset === undefined || before === undefined) return null;
  const pause = (offset - before) * scale;
  const due = offset * scale + pause * JITTER * (2 * chance - 1);
  // Slow answers and a standstill of ours put tries off; none follows the one before at once for that.
  return Math.round(Math.max(due - elapsedMs, pause / 2));
}

/** Any 2xx is success; 410 wants no more; everything else, redirects too, is tried again. */
export function isDelivered(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Receivers say by it that they want no more tries. */
export const GONE = 410;
