import type { BackupProgress } from '../../domain/backup/progress';
import { mib } from '../../domain/backup/words';

/** Between two lines. */
const SAY_EVERY_MS = 5_000;

/** Says now and then how far a backup has come. */
export function sayProgress(say: (line: string) => void): (progress: BackupProgress) => void {
  let saidMs = Date.now();
  return (progress) => {
    const isStepOver = progress.step === 'rows' && progress.tables === progress.ofTables;
    if (!isStepOver && Date.now() - saidMs < SAY_EVERY_MS) return;
    saidMs = Date.now();
    if (progress.step === 'objects') say(`  ${String(progress.objects)} objects, ${mib(progress.bytes)}`);
    else say(`  ${String(progress.rows)} rows of ${String(progress.tables)} of ${String(progress.ofTables)} tables`);
  };
}
