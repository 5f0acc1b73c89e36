import type { QuoteRequest } from '../../domain/admission/request';
import type { RateState } from '../../domain/access/rate-state';
import type { MediaInput, TextInput } from '../../domain/task/generation';
import type { RequestOrigin } from '../http/request-origin';
import type { TemplateUse } from '../../domain/template/use';
import type { TaskPriority } from '../../domain/task/task';

/** A checked request for a generation, before it is a task. */
export interface Submission<Input> extends QuoteRequest<Input> {
  /** The HTTP request that it is. */
  readonly origin: RequestOrigin;
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
  readonly replayOf?: string | null;
  /** What it was rendered from. */
  readonly template?: TemplateUse | null;
}

export type MediaSubmission = Submission<MediaInput>;
export type TextSubmission = Submission<TextInput>;

/** `isRepeat`: the idempotency key or external id named an earlier task; nothing new was made. */
export interface Submitted {
  readonly taskId: string;
  readonly isRepeat: boolean;
  /** What is left of the key's rate; absent: it has none, or nothing was made. */
  readonly rate?: RateState;
}
