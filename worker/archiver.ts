import { createHistoryArchive, type ArchiveDeps } from '../activities/history/archive';
import { startLoop } from './loop';

/** Archives the histories of runs that did not succeed until stopped. */
export function startArchiver(deps: ArchiveDeps, everyMs: number): { stop(): Promise<void> } {
  const archive = createHistoryArchive(deps);
  return startLoop(() => archive.pass(), {
    everyMs,
    onFailure: (error) => {
      deps.logger.warn({ err: error }, 'archiving of histories broke off; the next turn goes on');
    },
  });
}
