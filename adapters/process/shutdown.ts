import type { Logger } from '../../domain/log';
import { createShutdownPlan, type ShutdownPlan } from '../../domain/shutdown';

/** A shutdown that is set off by signals, by the loss of the supervisor, or by a part that failed. */
export interface Shutdown extends ShutdownPlan {
  /** A part without which the process is of no use ended: log it, end cleanly, exit with 1. */
  fail(message: string, error: unknown): void;
}

/** Beyond what work under way may take: connections that close, and the end itself. */
const SPARE_MS = 8_000;

/** @param workMs - how long work may go on after the signal; what does not end soon after is left */
export function createShutdown(logger: Logger, workMs: number): Shutdown {
  const plan = createShutdownPlan(logger);
  let exitCode = 0;
  const end = (reason: string) => {
    logger.info({ reason }, 'ending');
    setTimeout(() => process.exit(exitCode === 0 ? 1 : exitCode), workMs + SPARE_MS).unref();
    void plan.run().then(() => process.exit(exitCode));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      end(signal);
    });
  // The supervisor died: nobody would end us.
  process.once('disconnect', () => {
    end('supervisor gone');
  });
  return {
    ...plan,
    fail(message, error) {
      logger.error({ err: error }, message);
      exitCode = 1;
      end('failure');
    },
  };
}
