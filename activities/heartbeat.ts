import { heartbeat } from '@temporalio/activity';

const HEARTBEAT_EVERY_MS = 3_000;

/** Tells Temporal that the process lives, so that one that died is noticed in seconds. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    heartbeat();
  }, HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
