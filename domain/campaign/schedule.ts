import type { Caller } from '../access/caller';
import type { MicroUsd } from '../money/money';
import type { Page } from '../task/store';
import type { TaskError } from '../task/task';

/** What Temporal has to know of a schedule. */
export interface Recurrence {
  /** `sched_` + 32 hex digits of a UUIDv7; also Temporal's id. */
  readonly id: string;
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  /** A firing that was missed is made up for when it is not older than this. */
  readonly catchupS: number;
}

/** What the campaigns of a schedule have beside their items. */
export interface ScheduledCampaign {
  readonly name: string | null;
  readonly concurrency: number;
  /** Of each campaign; null: no ceiling of its own. */
  readonly maxCostMicroUsd: MicroUsd | null;
  readonly callbackUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface NewSchedule extends Recurrence {
  /** Its campaigns run as this caller. */
  readonly caller: Caller;
  readonly campaign: ScheduledCampaign;
  /** The object with the checked items, one line of `itemLine` each. */
  readonly itemsKey: string;
  readonly itemCount: number;
  /** Of one campaign. */
  readonly estimatedMicroUsd: MicroUsd;
  /** Assets that the items name. */
  readonly assets: readonly string[];
  readonly requestHash: string;
  readonly idempotency: { readonly route: string; readonly key: string } | null;
}

/** A schedule that makes a campaign at each of its times. */
export interface Schedule extends Omit<NewSchedule, 'assets' | 'requestHash' | 'idempotency'> {
  readonly teamId: number;
  readonly createdAt: Date;
  /** The time that its latest firing was for; null: it has not fired. */
  readonly firedFor: Date | null;
  /** The campaign of the latest firing; null: there is none. */
  readonly campaignId: string | null;
  /** Why the latest firing made no campaign. */
  readonly error: TaskError | null;
  /** Its key can no longer be used, and why. */
  readonly refusal: 'revoked' | 'expired' | 'disabled' | null;
}

export type CreateScheduleOutcome = { readonly kind: 'created' } | { readonly kind: 'repeat' | 'key_reused'; readonly earlierId: string };

interface ScheduleFilter {
  readonly teamId: number | null;
  /** An id. */
  readonly after?: string;
  readonly limit: number;
  /** In the name or the id, in any case. */
  readonly words?: string;
}

/** Schedules in Postgres: what holds, whatever Temporal knows. */
export interface ScheduleStore {
  /** @throws AppError `conflict` when the team has as many as it may have */
  create(schedule: NewSchedule, mostOfTeam: number): Promise<CreateScheduleOutcome>;
  /** `teamId` null: any team's. Deleted ones are not found. */
  get(id: string, teamId: number | null): Promise<Schedule | null>;
  /** The newest first. */
  list(filter: ScheduleFilter): Promise<Page<Schedule>>;
  /** Deletes it; its campaigns stay. False: there is none. */
  remove(id: string): Promise<boolean>;
  /** Notes a firing; one for an earlier time changes nothing. */
  noteFiring(
    id: string,
    firing: { readonly at: Date; readonly campaignId: string | null; readonly error: TaskError | null },
  ): Promise<void>;
  /** Those that Temporal must know, and those that it must forget. */
  toKeep(limit: number, after: string | null): Promise<readonly KeptSchedule[]>;
  /** Temporal has forgotten a deleted one. */
  forgotten(id: string): Promise<void>;
}

/** A schedule as Temporal is made equal to it. */
export interface KeptSchedule extends Recurrence {
  readonly isDeleted: boolean;
  readonly createdAt: Date;
  readonly firedFor: Date | null;
}

/** Schedules in Temporal. Each method throws AppError `service_unavailable` when it does not answer. */
export interface ScheduleRunner {
  /** Makes sure that Temporal fires it. `made`: it did not know it, or otherwise. @throws AppError `invalid_value` for a recurrence it refuses */
  keep(recurrence: Recurrence): Promise<'kept' | 'made'>;
  /** Fires for all times in between that have no firing yet. */
  makeUp(id: string, from: Date, to: Date): Promise<void>;
  /** Repeating is harmless. */
  forget(id: string): Promise<void>;
  /** The next times, at most ten; empty: Temporal does not know the schedule. */
  nextTimes(id: string): Promise<readonly Date[]>;
}
