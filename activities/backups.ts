import type { BackupJob, BackupMaker, BackupWork } from '../domain/backup/backup';
import { backupFault } from '../domain/backup/fault';
import type { Logger } from '../domain/log';

/** Makes and verifies the backups that were asked for, one at a time in a process. */
export interface BackupKeeper {
  /** Begins what is due, and ends what was lost; does not wait for what it began. */
  pass(): Promise<void>;
  /** Gives up what is under way. */
  close(): Promise<void>;
}

export interface BackupKeeperDeps {
  readonly work: BackupWork;
  readonly maker: BackupMaker;
  readonly instanceId: string;
  readonly logger: Logger;
}

export function createBackupKeeper({ work, maker, instanceId, logger }: BackupKeeperDeps): BackupKeeper {
  const stopping = new AbortController();
  let underWay: Promise<void> | null = null;

  async function create(job: BackupJob): Promise<void> {
    try {
      await maker.create(job, stopping.signal);
      logger.info({ backup: job.id }, 'a backup was made');
    } catch (error) {
      logger.error({ err: error, backup: job.id }, 'a backup could not be made');
      await work.fail(job.id, backupFault(error));
    }
  }

  async function verify(job: BackupJob): Promise<void> {
    try {
      const problems = await maker.verify(job.place, stopping.signal);
      await work.endVerification(job.id, problems.length === 0 ? 'valid' : 'damaged', problems);
    } catch (error) {
      logger.error({ err: error, backup: job.id }, 'a backup could not be verified');
      const { code, message } = backupFault(error);
      await work.endVerification(job.id, code === 'no_backup' || code === 'backup_damaged' ? 'damaged' : 'failed', [message]);
    }
  }

  return {
    async pass() {
      await work.endLost();
      if (underWay !== null || stopping.signal.aborted) return;
      const job = await work.claim(instanceId);
      if (job === null) return;
      underWay = (job.kind === 'create' ? create(job) : verify(job))
        .catch((error: unknown) => {
          // Its row says `running` until this process has ended.
          logger.error({ err: error, backup: job.id }, 'the outcome of a backup could not be kept');
        })
        .finally(() => {
          underWay = null;
        });
    },
    async close() {
      stopping.abort();
      await underWay;
    },
  };
}
