import { isDeepStrictEqual } from 'node:util';
import type { Worker } from '@temporalio/worker';
import type { Catalogue, Provider } from '../domain/provider/catalogue';
import type { Logger } from '../domain/log';

/** Keeps one worker per enabled provider: started when the catalogue names it, shut down when it does not any more. */
export interface ProviderWorkers {
  /** Resolves when each provider's worker was started or has failed to; those that failed are tried again by themselves. Never throws. */
  reconcile(catalogue: Catalogue): Promise<void>;
  /** Ends all of them, those that still drain as well. */
  shutdown(): Promise<void>;
}

/** What a provider's worker depends on: another value takes another worker. */
export type ProviderPlace = Pick<Provider, 'name' | 'maxConcurrency'>;

interface Running {
  readonly place: ProviderPlace;
  readonly worker: Worker;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * @param create - makes a provider's worker; what it throws concerns this provider alone
 * @param onFailure - a worker that ran has ended by an error
 */
export function createProviderWorkers(
  create: (provider: ProviderPlace) => Promise<Worker>,
  logger: Logger,
  onFailure: (error: unknown) => void,
): ProviderWorkers {
  const running = new Map<string, Running>();
  /** Every run that has not ended, of workers that were replaced too. */
  const runs = new Set<Promise<void>>();
  let wanted: Catalogue['providers'] = new Map();
  let queue: Promise<void> = Promise.resolve();
  let isStopped = false;
  let retry: NodeJS.Timeout | undefined;
  let pauseMs = FIRST_PAUSE_MS;

  async function start(place: ProviderPlace): Promise<boolean> {
    const { name, maxConcurrency } = place;
    try {
      const worker = await create(place);
      const run = worker.run();
      runs.add(run);
      run.catch(onFailure).finally(() => runs.delete(run));
      running.set(name, { place, worker });
      logger.info({ provider: name, max_concurrency: maxConcurrency }, 'polling for calls to a provider');
      return true;
    } catch (error) {
      logger.error(
        { err: error, provider: name, again_in_ms: pauseMs },
        'the worker of a provider could not be started; it will be retried',
      );
      return false;
    }
  }

  function stop(name: string, { worker }: Running): void {
    running.delete(name);
    if (worker.getState() === 'RUNNING') worker.shutdown();
  }

  async function bring(): Promise<void> {
    clearTimeout(retry);
    for (const [name, entry] of running) {
      const provider = wanted.get(name);
      if (isStopped || provider === undefined || !isDeepStrictEqual(placeOf(provider), entry.place)) stop(name, entry);
    }
    if (isStopped) return;
    const missing = [...wanted.values()].filter(({ name }) => !running.has(name));
    const started = await Promise.all(missing.map((provider) => start(placeOf(provider))));
    if (started.every(Boolean)) {
      pauseMs = FIRST_PAUSE_MS;
      return;
    }
    retry = setTimeout(() => void turn(), pauseMs);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }

  /** One at a time: two changes close together must not start a provider twice. */
  function turn(): Promise<void> {
    queue = queue.then(bring);
    return queue;
  }

  return {
    reconcile(catalogue) {
      wanted = catalogue.providers;
      pauseMs = FIRST_PAUSE_MS;
      return turn();
    },
    async shutdown() {
      isStopped = true;
      await turn();
      await Promise.allSettled(runs);
    },
  };
}

function placeOf({ name, maxConcurrency }: Provider): ProviderPlace {
  return { name, maxConcurrency };
}
