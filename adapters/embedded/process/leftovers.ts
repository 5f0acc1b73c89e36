import { forgetPid, survivors } from './pid-files';
import { stopProcess } from './stop';

/** Time a leftover server gets to put its files in order. */
const SERVER_ENDS_WITHIN_MS = 10_000;

/**
 * Ends what an earlier run of this home left behind; returns the names. Api and worker (their record's signal is SIGTERM and a
 * drain may take long) are killed at once: their work is crash-safe. Servers are asked first.
 */
export async function endLeftovers(folder: string, killAtOnce: readonly string[]): Promise<readonly string[]> {
  const left = survivors(folder).filter(({ name }) => name !== 'supervisor');
  await Promise.all(
    left.map(async ({ name, pid, signal }) => {
      if (killAtOnce.includes(name)) await stopProcess(pid, 'SIGKILL', SERVER_ENDS_WITHIN_MS);
      else await stopProcess(pid, signal, SERVER_ENDS_WITHIN_MS);
      forgetPid(folder, name);
    }),
  );
  return left.map(({ name }) => name);
}
