import { signAuditHead, type AuditSigningDeps } from '../activities/audit/sign-head';
import { createHistoryArchive, type ArchiveDeps } from '../activities/history/archive';
import { createScheduleKeeper, type ScheduleKeeperDeps } from '../activities/campaign/keep-schedules';
import type { HousekeepingDeps } from '../activities/housekeeping/deps';
import { createHousekeeper } from '../activities/housekeeping/housekeeper';
import { createBalanceAsker, type BalanceDeps } from '../activities/provider-balances';
import { createProber, type ProberDeps } from '../activities/provider-probes';
import { createBackupKeeper, type BackupKeeperDeps } from '../activities/backups';
import { createRecorder } from '../activities/records/recorder';
import type { AlertSchedule } from '../domain/alert/notice';
import type { Logger } from '../domain/log';
import { createSweeper, type SweepDeps } from '../activities/sweep';

/** Does work now and then until stopped; a turn that fails (a part is away) is followed by the next one. */
function startLoop(
  work: () => Promise<void>,
  options: { readonly everyMs: number; readonly onFailure: (error: unknown) => void },
): { stop(): Promise<void> } {
  let isStopped = false;
  let current: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (isStopped) return;
    timer = setTimeout(() => {
      current = work().catch(options.onFailure).finally(schedule);
    }, options.everyMs);
  }

  schedule();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}

/** Keeps Temporal's schedules equal to the rows until stopped. */
export function startScheduleKeeper(deps: ScheduleKeeperDeps, everyMs: number): { stop(): Promise<void> } {
  const keeper = createScheduleKeeper(deps);
  return startLoop(() => keeper.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'keeping schedules failed; the next pass continues');
    },
  });
}

/** Keeps Temporal's schedule of alerts until stopped: it is made at once, and again when Temporal has lost it. */
export function startAlertKeeper(schedule: AlertSchedule, logger: Logger, everyMs: number): { stop(): Promise<void> } {
  const onFailure = (error: unknown): void =>
    logger.warn({ err: error }, 'the schedule of alerts could not be kept; the next pass keeps it');
  schedule.keep().catch(onFailure);
  return startLoop(() => schedule.keep(), { everyMs, onFailure });
}

/** Sweeps now and then until stopped. */
export function startSweeper(deps: SweepDeps, everyMs: number): { stop(): Promise<void> } {
  const sweeper = createSweeper(deps);
  return startLoop(() => sweeper.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.error({ err: error }, 'a sweep failed; the next one continues');
    },
  });
}

/** Archives the histories of runs that did not succeed until stopped. */
export function startArchiver(deps: ArchiveDeps, everyMs: number): { stop(): Promise<void> } {
  const archive = createHistoryArchive(deps);
  return startLoop(() => archive.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'archiving histories failed; the next pass continues');
    },
  });
}

/** Takes what has ended into the call log and the usage until stopped. */
export function startRecorder(
  deps: Parameters<typeof createRecorder>[0] & Pick<SweepDeps, 'logger'>,
  everyMs: number,
): { stop(): Promise<void> } {
  const recorder = createRecorder(deps);
  return startLoop(() => recorder.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'a turn of the call log failed; the next one takes in the same');
    },
  });
}

/** Probes the providers that are to be probed until stopped. */
export function startProber(deps: ProberDeps, everyMs: number): { stop(): Promise<void> } {
  const prober = createProber(deps);
  const loop = startLoop(() => prober.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'whose turn it is to probe providers could not be told; it is asked again');
    },
  });
  return {
    async stop() {
      await loop.stop();
      await prober.close();
    },
  };
}

/** Asks providers what is left of our accounts until stopped. */
export function startBalances(deps: BalanceDeps, everyMs: number): { stop(): Promise<void> } {
  const asker = createBalanceAsker(deps);
  const loop = startLoop(() => asker.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'whose turn it is to be asked for a balance could not be told; it is asked again');
    },
  });
  return {
    async stop() {
      await loop.stop();
      await asker.close();
    },
  };
}

/** Makes and verifies the backups that are asked for until stopped. */
export function startBackups(deps: BackupKeeperDeps, everyMs: number): { stop(): Promise<void> } {
  const keeper = createBackupKeeper(deps);
  const loop = startLoop(() => keeper.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'backups that were asked for could not be looked up; the next pass continues');
    },
  });
  return {
    async stop() {
      await loop.stop();
      await keeper.close();
    },
  };
}

/** Signs the head of the audit log until stopped. */
export function startAuditSigner(deps: AuditSigningDeps, everyMs: number): { stop(): Promise<void> } {
  return startLoop(() => signAuditHead(deps), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'the head of the audit log could not be signed; the next pass tries again');
    },
  });
}

/** Keeps house now and then until stopped. */
export function startHousekeeping(deps: HousekeepingDeps, everyMs: number): { stop(): Promise<void> } {
  const housekeeper = createHousekeeper(deps);
  const stopping = new AbortController();
  const loop = startLoop(() => housekeeper.turn(stopping.signal), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'housekeeping failed; the next pass continues');
    },
  });
  return {
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}
