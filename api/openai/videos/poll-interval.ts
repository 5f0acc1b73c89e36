import type { TaskSummary } from '../../../domain/task/task';

const LEAST_MS = 1_000;
const MOST_MS = 10_000;
const UNKNOWN_MS = 2_000;
/** Weight of the newest video in the moving mean. */
const NEWEST = 0.2;

/** Tells pollers how long to wait: a tenth of what videos of the model have taken lately, 1 to 10 s. */
export interface PollInterval {
  /** Learns from a finished video. */
  learn(task: TaskSummary): void;
  /** Milliseconds, a whole number. */
  of(model: string): number;
}

export function createPollInterval(): PollInterval {
  const meanMs = new Map<string, number>();
  return {
    learn({ status, model, createdAt, finishedAt }) {
      if (status !== 'succeeded' || finishedAt === null) return;
      const tookMs = finishedAt.getTime() - createdAt.getTime();
      const before = meanMs.get(model) ?? tookMs;
      meanMs.set(model, before + NEWEST * (tookMs - before));
    },
    of(model) {
      const mean = meanMs.get(model);
      return mean === undefined ? UNKNOWN_MS : Math.round(Math.min(MOST_MS, Math.max(LEAST_MS, mean / 10)));
    },
  };
}
