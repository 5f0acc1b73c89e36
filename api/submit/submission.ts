import type { Caller } from '../../domain/access/caller';
import type { MediaInput, TextInput } from '../../domain/task/generation';
import type { Catalogue } from '../../domain/provider/catalogue';
import type { RoutingHints } from '../../domain/provider/plan';
import type { MicroUsd } from '../../domain/money/money';
import type { Endpoint, TaskPriority } from '../../domain/task/task';

/** A checked request for a generation, before it is a task. */
export interface Submission<Input> {
  /** What is configured, for this request (`catalogueOf`). */
  readonly catalogue: Catalogue;
  readonly caller: Caller;
  readonly endpoint: Endpoint;
  /** The model as the caller named it. */
  readonly model: string;
  readonly input: Input;
  /** The request's `Idempotency-Key` (`idempotencyKeyOf`). */
  readonly idempotencyKey: string | null;
  /**
   * The request as the client sent it, parsed, with files by their SHA-256: what tells a repeat from another request.
   * Only called when a key or `externalId` is given. Default: model and input.
   */
  readonly fingerprint?: () => unknown;
  readonly externalId?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly callbackUrl?: string | null;
  readonly priority?: TaskPriority;
  readonly deadlineAt?: Date | null;
  /** The task's own ceiling; null: none. */
  readonly maxCostMicroUsd?: MicroUsd | null;
  readonly replayOf?: string | null;
  /** What the caller asks of the routing; absent: nothing. */
  readonly routing?: RoutingWish;
}

/** A caller's wish, in names that are not looked up yet. */
export interface RoutingWish {
  readonly hints?: RoutingHints;
  /** Models to be tried in order. */
  readonly models?: readonly string[];
}

export type MediaSubmission = Submission<MediaInput>;
export type TextSubmission = Submission<TextInput>;

/** `isRepeat`: the idempotency key or external id named an earlier task; nothing new was made. */
export interface Submitted {
  readonly taskId: string;
  readonly isRepeat: boolean;
}
