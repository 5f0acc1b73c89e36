import type { CredentialClass } from '../access/classes';
import type { ErrorCode } from '../errors';
import type { MicroUsd } from '../money/money';
import type { Modality } from '../provider/catalogue';
import type { Usage } from '../task/generation';
import type { Page } from '../task/store';
import type { TaskStatus, TerminalStatus } from '../task/task';
import type { BodyState } from './bodies';
import type { CallEndpoint } from './endpoints';

/** A request that named a model or a template and made no run: it was refused, repeats an earlier one, or only counts. */
export interface CallWithoutRun {
  /** `call_` and the digits of the request's id. */
  readonly id: string;
  /** The task that it repeats, or that was stored as refused. */
  readonly taskId: string | null;
  readonly endpoint: CallEndpoint;
  readonly teamId: number;
  readonly credentialId: number;
  readonly credentialClass: CredentialClass;
  readonly projectId: number | null;
  readonly memberId: number | null;
  readonly client: string | null;
  readonly ip: string | null;
  readonly stream: boolean;
  /** As it was named, else that of its template; of a template that was not found, or has none: the template as it was named. */
  readonly model: string;
  /** null: none, or it was not found. */
  readonly template: string | null;
  /** Null: there is no such model. */
  readonly modality: Modality | null;
  readonly status: TerminalStatus;
  readonly httpStatus: number;
  readonly errorCode: ErrorCode | null;
  readonly totalMs: number;
}

/** A row of the call log. Ids of rows sort by the time of the request. */
export interface Call {
  readonly id: string;
  readonly at: Date;
  readonly requestId: string | null;
  readonly taskId: string | null;
  readonly endpoint: string;
  readonly credential: string | null;
  readonly class: CredentialClass;
  readonly project: string | null;
  readonly team: string | null;
  /** E-mail of the key's owner. */
  readonly member: string | null;
  readonly campaignId: string | null;
  readonly client: string | null;
  readonly ip: string | null;
  readonly stream: boolean;
  readonly model: string;
  readonly servedModel: string | null;
  readonly provider: string | null;
  readonly attempts: number;
  /** Another provider or model served than the first that was tried. */
  readonly fallback: boolean;
  readonly status: TerminalStatus;
  /** Null: no request of its own made it. */
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  readonly usage: Usage | null;
  /** What was charged, refunds taken off. */
  readonly costMicroUsd: MicroUsd;
  readonly queueMs: number | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
  readonly bodies: BodyState;
}

/** Whose calls, and which; names as users write them. */
export interface CallFilter {
  /** Of which teams; null: of all. */
  readonly teamIds: readonly number[] | null;
  readonly from?: Date;
  /** Before it. */
  readonly to?: Date;
  readonly team?: string;
  readonly project?: string;
  readonly credential?: string;
  readonly class?: CredentialClass;
  /** E-mail. */
  readonly member?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly status?: TaskStatus;
  readonly errorCode?: string;
  readonly endpoint?: CallEndpoint;
  readonly minCostMicroUsd?: MicroUsd;
  /** An id of a call, request or task, an address, or a part of a model's, client's or provider's name or of an error code. */
  readonly q?: string;
}

export interface CallPage {
  /** Id of the last call of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Lengths of the intervals that calls are counted by. */
export const HISTOGRAM_INTERVALS = ['minute', 'hour', 'day'] as const;
export type HistogramInterval = (typeof HISTOGRAM_INTERVALS)[number];

/** The calls of an interval of UTC. */
export interface CallCounts {
  readonly start: Date;
  readonly requests: number;
  /** All that did not succeed. */
  readonly failed: number;
  readonly fallbacks: number;
  readonly costMicroUsd: MicroUsd;
}

/** Whether calls without a run are kept before their answers go out. */
export interface CallKeeper {
  /**
   * Resolves once the call is durable; while the database is away, soon all the same, and the call is kept later. Never rejects.
   * @returns whether it is durable
   */
  keep(call: CallWithoutRun): Promise<boolean>;
}

export interface CallStore {
  /** Keeps calls without a run in one statement; they are durable when it resolves. */
  keep(calls: readonly CallWithoutRun[]): Promise<void>;
  /**
   * Takes in what has ended since the last turn, a bounded part. Several processes may.
   * @returns how much it was, whether there may be more, and the oldest transaction that still ran (text of a whole number): what was committed by
   *   then is in, once there is no more
   */
  record(): Promise<{ readonly recorded: number; readonly hasMore: boolean; readonly horizon: string }>;
  /** Takes in all that was committed before this was called, within the patience of a reader. */
  catchUp(): Promise<void>;
  /** Newest first. */
  list(filter: CallFilter, page: CallPage): Promise<Page<Call>>;
  /**
   * Counts by interval, oldest first; intervals without a call are left out.
   * @throws AppError `invalid_value` for a span of more than 1,500 intervals
   */
  histogram(filter: CallFilter, interval: HistogramInterval): Promise<readonly CallCounts[]>;
  /** Drops the partitions whose calls are all older; answers how many. What was used stays counted. */
  dropBefore(before: Date): Promise<number>;
}
