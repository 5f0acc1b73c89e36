import { within } from '../../lib/time';
import type { ApiContext } from '../deps';

/** Above what the probes allow themselves: their own words say more. */
const CAP_MS = 2_500;

/** What a part answered; `problem` null: it is up. */
export interface PartAnswer {
  readonly name: string;
  /** Without a secret. */
  readonly problem: string | null;
}

/** Asks all parts, and whether a worker lives. Never throws. */
export function askParts(context: Pick<ApiContext, 'probes' | 'workersAlive'>): Promise<readonly PartAnswer[]> {
  const checks = [...context.probes, { name: 'worker', check: () => checkWorkers(context) }];
  return Promise.all(checks.map(async (probe) => ({ name: probe.name, problem: await problemOf(() => probe.check()) })));
}

async function checkWorkers(context: Pick<ApiContext, 'workersAlive'>): Promise<void> {
  if ((await context.workersAlive()) < 1) throw new Error('no worker is running');
}

async function problemOf(check: () => Promise<void>): Promise<string | null> {
  try {
    await within(CAP_MS, check());
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 300) : 'does not answer';
  }
}
