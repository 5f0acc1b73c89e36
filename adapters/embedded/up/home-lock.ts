import { join } from 'node:path';
import { StartFailure } from '../failure';
import type { Home } from '../home';
import { readJson } from '../json-file';
import { type ProcessRecord, forgetPid, isSameProcess, notePid } from '../process/pid-files';

const NAME = 'supervisor';

/** Takes the home for this process. @throws StartFailure when another start of the same home runs */
export function takeHome(home: Home): () => void {
  const file = join(home.run, `${NAME}.pid.json`);
  refuseOther(readJson(file) as ProcessRecord | undefined, home);
  notePid(home.run, { name: NAME, pid: process.pid, word: 'atelier', signal: 'SIGTERM' });
  // Two starts at the same moment: the one that wrote last has it.
  const holder = readJson(file) as ProcessRecord | undefined;
  if (holder?.pid !== process.pid) refuseOther(holder, home);
  return () => {
    const record = readJson(file) as ProcessRecord | undefined;
    if (record?.pid === process.pid) forgetPid(home.run, NAME);
  };
}

function refuseOther(record: ProcessRecord | undefined, home: Home): void {
  if (record === undefined || !isSameProcess(record)) return;
  throw new StartFailure(
    `Atelier already runs on ${home.root} (process ${record.pid}). Stop that one, or give this one another ATELIER_HOME and PORT.`,
  );
}
