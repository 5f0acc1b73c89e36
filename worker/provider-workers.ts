import type { Worker } from '@temporalio/worker';
import type { Catalogue } from '../domain/provider/catalogue';
import type { Logger } from '../domain/log';

/** Keeps one worker per enabled provider: started when the catalogue names it, shut down when it does not any more. */
export interface ProviderWorkers {
  reconcile(catalogue: Catalogue): Promise<void>;
  shutdown(): Promise<void>;
}

interface Running {
  readonly maxConcurrency: number;
  readonly worker: Worker;
  readonly done: Promise<void>;
}

export function createProviderWorkers(
  create: (provider: { readonly name: string; readonly maxConcurrency: number }) => Promise<Worker>,
  logger: Logger,
  onFailure: (error: unknown) => void,
): ProviderWorkers {
  const running = new Map<string, Running>();
  let queue: Promise<void> = Promise.resolve();

  async function bring(catalogue: Catalogue): Promise<void> {
    for (const [name, entry] of running) {
      const wanted = catalogue.providers.get(name);
      if (wanted?.maxConcurrency === entry.maxConcurrency) continue;
      running.delete(name);
      entry.worker.shutdown();
    }
    for (const provider of catalogue.providers.values()) {
      if (running.has(provider.name)) continue;
      const worker = await create(provider);
      const done = worker.run();
      done.catch(onFailure);
      running.set(provider.name, { maxConcurrency: provider.maxConcurrency, worker, done });
      logger.info({ provider: provider.name, max_concurrency: provider.maxConcurrency }, 'taking calls for a provider');
    }
  }

  return {
    reconcile(catalogue) {
      // One at a time: two changes close together must not start a provider twice.
      queue = queue
        .then(() => bring(catalogue))
        .catch((error: unknown) => {
          logger.error({ err: error }, 'the provider workers could not follow the catalogue');
        });
      return queue;
    },
    async shutdown() {
      await queue;
      for (const entry of running.values()) entry.worker.shutdown();
      await Promise.allSettled([...running.values()].map((entry) => entry.done));
    },
  };
}
