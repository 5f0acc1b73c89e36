import { silent } from '../support/silent-logger';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Client } from '@temporalio/client';
import { installTemporalRuntime } from '../../adapters/temporal/connection';
import type { Catalogue } from '../../domain/provider/catalogue';
import { createProviderWorker } from '../../worker/media';
import { createProviderWorkers, type ProviderWorkers } from '../../worker/provider-workers';
import type { ProviderActivities } from '../../activities/media/activities';
import { eventually } from '../support/eventually';
import { temporalAddress } from '../support/stack';

/** TASK_QUEUE_TYPE_ACTIVITY of Temporal's API; the enum is in no package that we name. */
const ACTIVITY_QUEUE = 2 as never;
const failures: unknown[] = [];
const prefix = `${Date.now().toString(36)}-`;

let connection: NativeConnection;
let workers: ProviderWorkers;
const place = () => ({
  connection,
  namespace: 'default',
  queuePrefix: prefix,
  identity: 'worker-test',
  watch: { interceptors: {}, spans: null, started: () => undefined },
  drainMs: 5_000,
});
const activities = { submit: () => Promise.resolve() } as unknown as ProviderActivities;

beforeAll(async () => {
  installTemporalRuntime(silent);
  connection = await NativeConnection.connect({ address: temporalAddress() });
  workers = createProviderWorkers(
    (provider) => createProviderWorker(place(), provider, activities),
    silent,
    (error) => failures.push(error),
  );
});
afterAll(async () => {
  await workers.shutdown();
  await connection.close();
});

/** Providers and how many calls each takes at once. */
function catalogue(providers: Readonly<Record<string, number>>): Catalogue {
  const entries = Object.entries(providers).map(([name, maxConcurrency]) => [name, { name, maxConcurrency }] as const);
  return { providers: new Map(entries) } as unknown as Catalogue;
}

/** How many processes poll the queue of a provider, as Temporal sees it. */
async function pollers(name: string): Promise<number> {
  const client = new Client({ connection });
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name: `${prefix}provider-${name}` },
    taskQueueType: ACTIVITY_QUEUE,
  });
  return pollers.length;
}
const polled = (name: string) => eventually(async () => (await pollers(name)) > 0, { withinMs: 10_000 });

it('runs the workers of all providers but the one that cannot be started, tries that again, and ends all', async () => {
  // In one process a queue can have one worker only: what holds it makes the start of another fail.
  const holder = await createProviderWorker(place(), { name: 'held', maxConcurrency: 1 }, {
    other: () => Promise.resolve(),
  } as unknown as ProviderActivities);
  const holding = holder.run();

  await workers.reconcile(catalogue({ a: 2, held: 2, z: 2 }));
  await Promise.all([polled('a'), polled('z')]);
  expect(await Promise.all(['a', 'held', 'z'].map(pollers))).toEqual([1, 1, 1]);
  // Other changes reach the healthy ones meanwhile.
  await workers.reconcile(catalogue({ a: 3, held: 2, late: 1 }));
  await polled('late');

  holder.shutdown();
  await holding;
  const create = jest.spyOn(Worker, 'create');
  await eventually(() => create.mock.results.length > 0, { withinMs: 30_000 });
  await create.mock.results[0]?.value;
  create.mockRestore();

  await workers.shutdown();
  await workers.reconcile(catalogue({ a: 3 }));
  // Nothing polls or is started after the end: the connection has no worker left that would keep it from closing.
  expect(failures).toEqual([]);
});
