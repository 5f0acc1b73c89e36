import type { Logger } from './log';

type Step = { readonly name: string; readonly run: () => void | Promise<void> };

/**
 * The order in which a process ends: `first` what takes new work, `then` what finishes it, `last` the connections (newest first).
 * Each step runs although an earlier one failed.
 */
export interface ShutdownPlan {
  first(name: string, run: Step['run']): void;
  then(name: string, run: Step['run']): void;
  last(name: string, run: Step['run']): void;
  /** Runs all steps once; later calls wait for the same end. */
  run(): Promise<void>;
}

export function createShutdownPlan(logger: Logger): ShutdownPlan {
  const first: Step[] = [];
  const then: Step[] = [];
  const last: Step[] = [];
  let running: Promise<void> | null = null;

  async function runAll(): Promise<void> {
    for (const step of [...first, ...then, ...last.toReversed()]) {
      try {
        await step.run();
      } catch (error) {
        logger.warn({ err: error, step: step.name }, 'a part did not end cleanly');
      }
    }
  }

  return {
    first: (name, run) => {
      first.push({ name, run });
    },
    then: (name, run) => {
      then.push({ name, run });
    },
    last: (name, run) => {
      last.push({ name, run });
    },
    run: () => (running ??= runAll()),
  };
}
