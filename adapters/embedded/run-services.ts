import type { Home } from './home';
import { endLeftovers } from './process/pid-files';
import { type SuperviseContext, type Supervised, seconds, supervise } from './process/supervise';
import { type Services, type ServicesOptions, planServices } from './services';

/** Running servers. */
export interface RunningServices extends Omit<Services, 'specs'> {
  readonly supervised: readonly Supervised[];
  /** Ends them all, at the same time. */
  stop(): Promise<void>;
}

export interface RunServicesOptions extends ServicesOptions {
  /** Told each server before it starts, so that it can be stopped while others are still on their way. */
  readonly planned?: (one: Supervised) => void;
}

/** Starts the chosen servers in parallel. When one fails the others are ended before the failure is thrown. */
export async function runServices(options: RunServicesOptions, context: SuperviseContext): Promise<RunningServices> {
  const { specs, ...facts } = await planServices(options);
  const supervised: Supervised[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(supervised.map((one) => one.stop()));
  };
  const started = await Promise.allSettled(
    specs.map(async (pending) => {
      const spec = await pending;
      const one = supervise(spec, context);
      supervised.push(one);
      options.planned?.(one);
      const took = await one.start();
      context.say(`✓ ${spec.title} ready${spec.where === undefined ? '' : ` on ${spec.where}`} (${seconds(took)})`);
    }),
  );
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { ...facts, supervised, stop };
}

/** Ends what an earlier, killed run of the home left. */
export async function cleanHome(home: Home, say: (line: string) => void): Promise<void> {
  const ended = await endLeftovers(home.run, ['api', 'worker', 'lab']);
  if (ended.length > 0) say(`✓ ended what an earlier start had left: ${ended.join(', ')}`);
}
