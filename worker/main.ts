import { randomUUID } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { openCatalogueView } from '../activities/catalogue-view';
import { startHeartbeat } from '../activities/instance';
import { createMediaActivities, createProviderActivities } from '../activities/media/activities';
import type { MediaDeps } from '../activities/media/deps';
import { loadSettings, type Settings } from '../adapters/config/settings';
import { createDatabase } from '../adapters/db';
import { createCatalogueStore } from '../adapters/db/catalogue';
import { createEgress, createForbiddenPorts } from '../adapters/egress';
import { createLogger } from '../adapters/log';
import { awaitPart } from '../adapters/process/await-part';
import { createShutdown, type Shutdown } from '../adapters/process/shutdown';
import { createProviderRegistry } from '../adapters/providers/registry';
import { createSecrets, createTextSigner } from '../adapters/secrets';
import { createAssetWriter, createObjectStore } from '../adapters/storage';
import { createPartialStore } from '../adapters/storage/partials';
import { createTextStore } from '../adapters/storage/texts';
import { connectTemporal, createHistorySource, createTemporalRunner, installTemporalRuntime } from '../adapters/temporal';
import { createWebhookSigner } from '../adapters/webhooks';
import type { Logger } from '../domain/log';
import { textGroupId } from '../workflows/contract';
import { startArchiver } from './archiver';
import { startCallbacks } from './callbacks';
import { startCampaigns } from './campaigns';
import { startHousekeeping } from './housekeeping';
import { createMediaWorker, createProviderWorker } from './media';
import { createProviderWorkers } from './provider-workers';
import { startSweeper } from './sweeper';

const SWEEP_EVERY_MS = 5_000;
const ARCHIVE_EVERY_MS = 2_000;
const HOUSEKEEPING_EVERY_MS = 180_000;

async function main(): Promise<void> {
  process.title = 'atelier worker';
  const settings = loadSettings(process.env);
  const logger = createLogger({ level: settings.logLevel, name: 'worker' });
  const shutdown = createShutdown(logger, settings.drain.workMs);
  try {
    await start(settings, logger, shutdown);
  } catch (error) {
    process.stderr.write(`atelier worker could not start: ${wordsOf(error)}\n`);
    // What has begun ends as it does otherwise: calls that were taken already are finished.
    shutdown.fail('the worker could not start', error);
  }
}

async function start(settings: Settings, logger: Logger, shutdown: Shutdown): Promise<void> {
  const instanceId = `worker-${randomUUID()}`;

  const objects = createObjectStore(settings.s3);
  const database = createDatabase({
    url: settings.databaseUrl,
    poolMax: settings.poolMax,
    applicationName: 'atelier worker',
    instanceId,
    contents: { texts: createTextStore(objects), logger },
  });
  shutdown.last('database', () => database.close());
  const catalogueStore = createCatalogueStore(database, createSecrets(settings.masterKey));
  const view = await awaitPart('Postgres', () => openCatalogueView({ catalogueStore, changes: database.changes, logger }), logger);
  shutdown.last('catalogue', () => {
    view.close();
  });

  installTemporalRuntime(logger);
  const temporal = await awaitPart('Temporal', () => connectTemporal(process.env), logger);
  shutdown.last('temporal', () => temporal.close());
  const runner = createTemporalRunner(temporal, { queuePrefix: settings.queuePrefix });

  const deps: MediaDeps = {
    tasks: database.tasks,
    instances: database.instances,
    assets: database.assets,
    spool: database.spool,
    objects,
    assetWriter: createAssetWriter(objects),
    partials: createPartialStore(objects),
    egress: createEgress({ allowLoopback: settings.allowLoopback, forbiddenPorts: createForbiddenPorts(settings.forbiddenPortsFile) }),
    catalogue: () => view.current(),
    latestCatalogue: () => view.latest(),
    providers: createProviderRegistry(),
    instanceId,
    logger,
    now: () => new Date(),
    random: Math.random,
  };

  const place = {
    connection: temporal.connection,
    namespace: temporal.namespace,
    queuePrefix: settings.queuePrefix,
    drainMs: settings.drain.workMs,
  };
  const fail = (error: unknown) => {
    shutdown.fail('a Temporal worker ended', error);
  };
  const stops: (() => Promise<void>)[] = [];
  shutdown.then('workers', async () => {
    await Promise.allSettled(stops.map((stop) => stop()));
  });
  const media = await createMediaWorker(place, createMediaActivities(deps));
  const running = media.run();
  running.catch(fail);
  stops.push(async () => {
    if (media.getState() === 'RUNNING') media.shutdown();
    await running;
  });
  const providerActivities = createProviderActivities(deps);
  const providerWorkers = createProviderWorkers((provider) => createProviderWorker(place, provider, providerActivities), logger, fail);
  stops.push(() => providerWorkers.shutdown());
  await providerWorkers.reconcile(view.current());
  view.onChange((catalogue) => void providerWorkers.reconcile(catalogue));

  const callbacks = await startCallbacks(
    place,
    {
      ...deps,
      callbacks: database.callbacks,
      campaigns: database.campaigns,
      teams: catalogueStore,
      signer: createWebhookSigner(),
      links: createTextSigner(settings.masterKey, 'links'),
      baseUrl: settings.publicUrl ?? localUrl(settings),
      scheduleScale: settings.callbackScale,
      feed: database.changes,
      runner,
    },
    fail,
  );
  stops.push(() => callbacks.stop());
  const campaigns = await startCampaigns(
    place,
    {
      ...deps,
      campaigns: database.campaigns,
      runner,
      changes: database.changes,
      textGroupIdOf: textGroupId,
      newTaskId: () => `task_${uuidv7().replaceAll('-', '')}`,
    },
    fail,
  );
  stops.push(() => campaigns.stop());
  const sweeper = startSweeper(
    {
      tasks: database.tasks,
      campaigns: database.campaigns,
      runner,
      workflowState: (id) => runner.state(id),
      workflowIdOf: textGroupId,
      logger,
    },
    SWEEP_EVERY_MS,
  );
  const archiver = startArchiver(
    { histories: database.histories, source: createHistorySource(temporal), objects, logger, now: () => new Date() },
    ARCHIVE_EVERY_MS,
  );
  const housekeeping = startHousekeeping(
    { store: database.housekeeping, objects, sweepIdempotencyKeys: () => database.sweepIdempotencyKeys(), logger, now: () => new Date() },
    HOUSEKEEPING_EVERY_MS,
  );
  const heartbeat = startHeartbeat({ instances: database.instances, logger }, instanceId, 'worker');
  shutdown.first('sweeper', () => sweeper.stop());
  shutdown.first('archiver', () => archiver.stop());
  shutdown.first('housekeeping', () => housekeeping.stop());
  shutdown.last('heartbeat', () => heartbeat.stop());
  logger.info({ instance: instanceId }, 'the worker takes work');
}

/** The api of the same machine: for installations that were not told how they are reached from outside. */
function localUrl({ host, port }: Settings): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`atelier worker could not start: ${wordsOf(error)}\n`);
  process.exit(1);
});
