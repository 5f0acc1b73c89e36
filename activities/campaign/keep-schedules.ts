import type { KeptSchedule, ScheduleRunner, ScheduleStore } from '../../domain/campaign/schedule';
import type { Logger } from '../../domain/log';

export interface ScheduleKeeperDeps {
  readonly schedules: Pick<ScheduleStore, 'toKeep' | 'forgotten'>;
  readonly scheduleRunner: ScheduleRunner;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** Makes Temporal's schedules equal to the rows. */
export interface ScheduleKeeper {
  /**
   * Looks at every schedule: one that Temporal does not know (it lost its state, or was away at creation) is made, and what it missed is made
   * up for as far as `catchup_s` reaches; a deleted one is forgotten. Repeating is harmless; several at once too.
   * @throws when Temporal or the database is away
   */
  pass(): Promise<void>;
}

const PAGE = 100;

export function createScheduleKeeper({ schedules, scheduleRunner, logger, now }: ScheduleKeeperDeps): ScheduleKeeper {
  async function keep(schedule: KeptSchedule): Promise<void> {
    if (schedule.isDeleted) {
      await scheduleRunner.forget(schedule.id);
      await schedules.forgotten(schedule.id);
      return;
    }
    if ((await scheduleRunner.keep(schedule)) === 'kept') return;
    const from = missedSince(schedule, now());
    if (from >= now()) return;
    logger.info({ schedule_id: schedule.id, from }, 'Temporal did not know a schedule; it was made again');
    await scheduleRunner.makeUp(schedule.id, from, now());
  }

  return {
    async pass() {
      let after: string | null = null;
      do {
        const page: readonly KeptSchedule[] = await schedules.toKeep(PAGE, after);
        for (const schedule of page) await keep(schedule);
        after = page.length < PAGE ? null : (page.at(-1)?.id ?? null);
      } while (after !== null);
    },
  };
}

/** A firing that was noted is found again by its campaign's id, so the ends need not be exact. */
function missedSince({ createdAt, firedFor, catchupS }: KeptSchedule, now: Date): Date {
  const oldest = now.getTime() - catchupS * 1_000;
  return new Date(Math.max(oldest, createdAt.getTime(), (firedFor?.getTime() ?? 0) + 1_000));
}
