import { commandLineOf, statFields } from '../process/identify';

/** npm passes a Ctrl-C on that the terminal has sent already; a second one of a person comes later than this. */
const SAME_PRESS_MS = 1_000;
const LOOK_FOR_NPM_EVERY_MS = 1_000;

export interface StopRequest {
  /** Aborted when a stop is asked for. */
  readonly signal: AbortSignal;
  /** No longer listens. */
  close(): void;
}

/** Listens for SIGINT, SIGTERM, SIGHUP and for the end of npm, when npm started us. A second signal calls `hurry`. */
export function listenForStop(startedByNpm: boolean, hurry: () => void): StopRequest {
  const request = new AbortController();
  let firstAt: number | null = null;
  const stop = (): void => {
    if (firstAt !== null && Date.now() - firstAt > SAME_PRESS_MS) hurry();
    firstAt ??= Date.now();
    request.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  const ancestors = startedByNpm ? ancestorsUpToNpm() : [];
  const timer = setInterval(() => {
    if (ancestors.length > 0 && !sameAncestors(ancestors)) request.abort();
  }, LOOK_FOR_NPM_EVERY_MS);
  timer.unref();
  return {
    signal: request.signal,
    close: () => {
      clearInterval(timer);
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

/** Our parent; and its parent too when ours is only the shell that npm runs a script with. */
function ancestorsUpToNpm(): readonly number[] {
  const parent = process.ppid;
  const isShell = /^\S*sh -c /.test(commandLineOf(parent) ?? '');
  const grandparent = isShell ? Number(statFields(parent)?.[1] ?? 0) : 0;
  return grandparent > 1 ? [parent, grandparent] : [parent];
}

function sameAncestors([parent, grandparent]: readonly number[]): boolean {
  if (process.ppid !== parent) return false;
  return grandparent === undefined || Number(statFields(parent)?.[1] ?? grandparent) === grandparent;
}
