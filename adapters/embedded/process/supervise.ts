import { StartFailure, messageOf } from '../failure';
import type { Guardian } from '../guardian';
import { type Launched, lastLogLine, launch, logFileOf } from './launch';
import { forgetPid, notePid } from './pid-files';
import type { ProcessSpec } from './spec';
import { pause, stopProcess } from './stop';

const ASK_READY_EVERY_MS = 50;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** After this long in health a death counts as the first one again. */
const HEALTHY_AFTER_MS = 60_000;

/** What supervision needs from around it. */
export interface SuperviseContext {
  readonly logs: string;
  readonly run: string;
  readonly guardian: Guardian;
  /** A line for the console. */
  readonly say: (line: string) => void;
  /** Called after each start. */
  readonly started: () => void;
}

/** A process that is kept running. */
export interface Supervised {
  readonly spec: ProcessSpec;
  /** Null between a death and the next start. */
  pid(): number | null;
  /** Resolves when it is ready, with the time it took in milliseconds. @throws StartFailure when it does not get there */
  start(): Promise<number>;
  /** Ends it for good. */
  stop(): Promise<void>;
  /** Kills it for good, at once. */
  kill(): void;
}

/** Keeps one process running: started again after 1 s, 2 s, ... 30 s when it dies. */
export function supervise(spec: ProcessSpec, context: SuperviseContext): Supervised {
  let current: Launched | null = null;
  let stopping = false;
  let deaths = 0;

  async function startOnce(): Promise<number> {
    const begun = Date.now();
    await spec.prepare?.();
    const launched = await launch(spec, context.logs);
    current = launched;
    notePid(context.run, { name: spec.name, pid: launched.pid, word: spec.word, signal: spec.stopSignal });
    if (spec.kind === 'server') context.guardian.watch(launched.pid, spec.stopSignal);
    void launched.ended.then(() => {
      current = null;
      context.guardian.release(launched.pid);
      forgetPid(context.run, spec.name);
    });
    context.started();
    await untilReady(launched);
    void launched.ended.then((how) => {
      if (!stopping) void comeBack(how, begun);
    });
    return Date.now() - begun;
  }

  async function untilReady({ pid, ended }: Launched): Promise<void> {
    const deadline = Date.now() + spec.readyWithinMs;
    let how: string | null = null;
    void ended.then((said) => {
      how = said;
    });
    while (!(await spec.isReady().catch(() => false))) {
      if (how !== null) throw new StartFailure(`${spec.title} ended while starting (${String(how)}): ${excuse()}`);
      if (stopping) throw new StartFailure(`${spec.title} was stopped while starting.`);
      if (Date.now() >= deadline) {
        await stopProcess(pid, spec.stopSignal, spec.stopWithinMs);
        throw new StartFailure(`${spec.title} did not get ready within ${spec.readyWithinMs / 1000} s: ${excuse()}`);
      }
      await Promise.race([pause(ASK_READY_EVERY_MS), ended]);
    }
  }

  function excuse(): string {
    return `${lastLogLine(context.logs, spec.name) || 'it said nothing'} (log: ${logFileOf(context.logs, spec.name)})`;
  }

  async function comeBack(how: string, startedAt: number): Promise<void> {
    if (Date.now() - startedAt >= HEALTHY_AFTER_MS) deaths = 0;
    const wait = Math.min(FIRST_PAUSE_MS * 2 ** deaths, LONGEST_PAUSE_MS);
    deaths += 1;
    context.say(`! ${spec.title} ended (${how}); starting it again in ${wait / 1000} s`);
    await pause(wait);
    if (stopping) return;
    const begun = Date.now();
    try {
      const took = await startOnce();
      context.say(`✓ ${spec.title} is back (${(took / 1000).toFixed(1)} s)`);
    } catch (error) {
      if (!stopping) await comeBack(messageOf(error), begun);
    }
  }

  return {
    spec,
    pid: () => current?.pid ?? null,
    start: startOnce,
    stop: async () => {
      stopping = true;
      if (current !== null) await stopProcess(current.pid, spec.stopSignal, spec.stopWithinMs);
    },
    kill: () => {
      stopping = true;
      if (current !== null) process.kill(-current.pid, 'SIGKILL');
    },
  };
}
