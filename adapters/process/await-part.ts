import { isAppError } from '../../domain/errors';
import type { Logger } from '../../domain/log';

const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Opens a part at the start of a process, again and again for a minute while it is away (`service_unavailable`): parts that start together
 * need not start in order. Anything else (a wrong password, a missing database) is thrown at once.
 * @param part - as people name it
 * @throws the last failure when the minute is over
 */
export async function awaitPart<Part>(part: string, open: () => Promise<Part>, logger: Logger): Promise<Part> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  let isTold = false;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await open();
    } catch (error) {
      const isAway = isAppError(error) && error.code === 'service_unavailable';
      if (!isAway || performance.now() + pauseMs > giveUpAt) throw error;
      if (!isTold) logger.warn({ part, reason: error.message }, `${part} does not answer; it is tried again for ${PATIENCE_MS / 1_000} s`);
      isTold = true;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
