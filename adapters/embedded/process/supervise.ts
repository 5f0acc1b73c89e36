import { backoffMs } from '../../../lib/time';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartFailure, messageOf } from '../failure';
import type { Guardian } from '../guardian';
import { type Launched, launch } from './launch';
import { lastLogLine, logFileOf } from './logs';
import { forgetPid, notePid } from './pid-files';
import type { ProcessSpec } from './spec';
import { signalProcess, stopProcess } from './stop';

const ASK_READY_EVERY_MS = 50;
const COME_BACK = { firstMs: 1_000, longestMs: 30_000 };
/** What served this long does not die of starting: its death counts as the first one again. */
const HEALTHY_AFTER_MS = 10_000;
/** A server may refuse to start while remains of a killed one are still ending; so the first start is tried this often. */
const FIRST_STARTS = 3;

/** What supervision needs from around it. */
export interface SuperviseContext {
  readonly logs: string;
  readonly run: string;
  readonly guardian: Guardian;
  /** A line for the console. */
  readonly say: (line: string) => void;
  /** Called after each start, and again when the process is ready. */
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
  const stopping = new AbortController();
  const state: { current: Launched | null; busy: Promise<unknown>; deaths: number } = {
    current: null,
    busy: Promise.resolve(),
    deaths: 0,
  };

  const isStopping = (): boolean => stopping.signal.aborted;

  async function startOnce(): Promise<number> {
    const begun = Date.now();
    await spec.prepare?.();
    refuseWhenStopping();
    const launched = await launch(spec, context.logs);
    state.current = launched;
    notePid(context.run, { name: spec.name, pid: launched.pid, word: spec.word, signal: spec.stopSignal });
    context.guardian.watch(launched.pid, spec.kind === 'server' ? spec.stopSignal : null);
    const ended = launched.ended.then((how) => {
      state.current = null;
      context.guardian.release(launched.pid);
      forgetPid(context.run, spec.name);
      return how;
    });
    context.started();
    await untilReady(launched);
    context.started();
    const readyAt = Date.now();
    void ended.then((how) => {
      if (!isStopping()) state.busy = comeBack(how, Date.now() - readyAt);
    });
    return Date.now() - begun;
  }

  async function untilReady(launched: Launched): Promise<void> {
    const deadline = Date.now() + spec.readyWithinMs;
    while (!(await spec.isReady().catch(() => false))) {
      refuseWhenStopping();
      if (state.current !== launched) throw new StartFailure(`${spec.title} ended while starting (${await launched.ended}): ${excuse()}`);
      if (Date.now() >= deadline) {
        await stopProcess(launched.pid, spec.stopSignal, spec.stopWithinMs);
        throw new StartFailure(`${spec.title} was not ready within ${spec.readyWithinMs / 1000} s: ${excuse()}`);
      }
      await Promise.race([sleep(ASK_READY_EVERY_MS), launched.ended]);
    }
  }

  function refuseWhenStopping(): void {
    if (isStopping()) throw new StartFailure(`${spec.title} was stopped while starting.`);
  }

  function excuse(): string {
    const line = lastLogLine(context.logs, spec.name);
    return `${line === '' ? 'it said nothing' : line} (log: ${logFileOf(context.logs, spec.name)})`;
  }

  async function comeBack(how: string, servedMs: number): Promise<void> {
    if (servedMs >= HEALTHY_AFTER_MS) state.deaths = 0;
    const wait = backoffMs(COME_BACK, state.deaths);
    state.deaths += 1;
    context.say(`! ${spec.title} ended (${how}); restarting in ${wait / 1000} s`);
    await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (isStopping()) return;
    try {
      const took = await startOnce();
      context.say(`✓ ${spec.title} is back (${seconds(took)})`);
    } catch (error) {
      if (!isStopping()) await comeBack(messageOf(error), 0);
    }
  }

  async function startFirst(): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await startOnce();
      } catch (error) {
        if (tries >= FIRST_STARTS || !(error instanceof StartFailure) || state.current !== null || isStopping()) throw error;
        await sleep(COME_BACK.firstMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  return {
    spec,
    pid: () => state.current?.pid ?? null,
    start: () => {
      const starting = startFirst();
      state.busy = starting.catch(() => undefined);
      return starting;
    },
    stop: async () => {
      stopping.abort();
      if (state.current !== null) await stopProcess(state.current.pid, spec.stopSignal, spec.stopWithinMs);
      await state.busy;
      // A start that was under way may have brought one more process up.
      if (state.current !== null) await stopProcess(state.current.pid, spec.stopSignal, spec.stopWithinMs);
    },
    kill: () => {
      stopping.abort();
      if (state.current !== null) signalProcess(-state.current.pid, 'SIGKILL');
    },
  };
}

/** Milliseconds as people read them: "0.7 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
