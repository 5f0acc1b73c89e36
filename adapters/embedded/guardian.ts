import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Ends the processes it watches over when this process is gone, however it went. */
export interface Guardian {
  /** `signal` asks it to end; null: it notices by itself and is only killed when it does not. */
  watch(pid: number, signal: NodeJS.Signals | null): void;
  release(pid: number): void;
  /** Ends the guardian, and whatever it still watches over. */
  dismiss(): void;
}

/** Starts the guardian. `script`: where its compiled main is, when it is not beside this file. */
export function startGuardian(script = join(__dirname, 'guardian', 'main.js')): Guardian {
  // Detached: a Ctrl-C goes to the whole process group, and the guardian must still be there afterwards.
  const child = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    watch: (pid, signal) => child.stdin.write(`watch ${pid} ${signal ?? 'none'}\n`),
    release: (pid) => child.stdin.write(`release ${pid}\n`),
    dismiss: () => child.stdin.end(),
  };
}
