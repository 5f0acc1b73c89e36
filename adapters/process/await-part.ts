import { isServiceAway } from '../../domain/errors';
import type { Logger } from '../../domain/log';
import { retry } from '../../lib/time';

const PATIENCE_MS = 60_000;

/**
 * Opens a part at the start of a process, again and again for a minute while it is away (`service_unavailable`): parts that start together
 * need not start in order. Anything else (a wrong password, a missing database) is thrown at once.
 * @param part - as people name it
 * @throws the last failure when the minute is over
 */
export function awaitPart<Part>(part: string, open: () => Promise<Part>, logger: Logger): Promise<Part> {
  let isTold = false;
  return retry(open, {
    patienceMs: PATIENCE_MS,
    firstMs: 200,
    longestMs: 2_000,
    isWorthRetrying: isServiceAway,
    onRetry(error) {
      if (!isTold)
        logger.warn(
          { part, reason: error instanceof Error ? error.message : String(error) },
          `${part} is not responding; retrying for ${PATIENCE_MS / 1_000} s`,
        );
      isTold = true;
    },
  });
}
