import { randomUUID } from 'node:crypto';
import { openCatalogueView } from '../activities/catalogue-view';
import { startHeartbeat } from '../activities/instance';
import { openProviderState, type ProviderState } from '../activities/provider-state';
import { loadSettings, type Settings } from '../adapters/config/settings';
import { createDatabase, type Database } from '../adapters/db';
import { createAlertBooks, type AlertBooks } from '../adapters/db/alerts';
import { createOldKeys } from '../adapters/db/imports/old-keys';
import { createCatalogueStore, type ConfigurableCatalogue } from '../adapters/db/catalogue';
import { createEgress, createForbiddenPorts } from '../adapters/egress';
import { createLogger } from '../adapters/log';
import { awaitPart } from '../adapters/process/await-part';
import { createShutdown, type Shutdown } from '../adapters/process/shutdown';
import { adapterSupport } from '../adapters/providers/kinds';
import { createProcessMetrics, type ProcessMetrics } from '../adapters/metrics';
import { listenForScrapes } from '../adapters/metrics/listen';
import { createProviderRegistry } from '../adapters/providers/registry';
import { createSecrets } from '../adapters/secrets';
import { createAssetWriter } from '../adapters/storage/asset-writer';
import { createObjectStore, type S3ObjectStore } from '../adapters/storage/object-store';
import { createPartialStore } from '../adapters/storage/partials';
import { createSpooledObjects, readThroughSpool } from '../adapters/storage/spooled-objects';
import { createTextStore } from '../adapters/storage/texts';
import { connectTemporal, installTemporalRuntime, type Temporal } from '../adapters/temporal/connection';
import { createHistorySource } from '../adapters/temporal/history';
import type { Logger } from '../domain/log';
import type { CatalogueView } from '../domain/provider/catalogue-store';
import type { ProviderRegistry } from '../domain/provider/provider';
import type { AssetWriter, Egress } from '../domain/storage';
import type { HistorySource } from '../domain/task/history';
import { newId } from './new-id';
import type { Tracing } from '../domain/tracing';
import type { PartialStore } from '../domain/task/partials';
import packageJson from '../package.json';
import { withHeldRemovals } from './held-removals';
import { withMeasuredObjects } from './measured';
import { openProcessTracing } from './tracing';
import { withTracedPosts, withTracedProviders } from './traced';
import { watchWorkers, type ProcessWatch } from './watch-workers';

/** A process that serves: what both have in common is here, what they differ in stands in their `main.ts`. */
export interface Role {
  readonly name: 'api' | 'worker';
  /** How long work may go on after the signal to end. */
  readonly workMs: (settings: Settings) => number;
  /** Takes up the work. What it starts it also puts into the shutdown; the connections are in it already. */
  readonly start: (parts: Parts, environment: NodeJS.ProcessEnv) => Promise<void>;
}

/** The parts of a process, connected. Postgres and Temporal have answered. */
export interface Parts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
  /** Names this process: "worker-0b9f..." */
  readonly instanceId: string;
  readonly database: Database;
  readonly catalogueStore: ConfigurableCatalogue;
  readonly alertBooks: AlertBooks;
  /** The catalogue in memory, kept up to date. */
  readonly view: CatalogueView;
  readonly temporal: Temporal;
  readonly historySource: HistorySource;
  readonly objects: S3ObjectStore;
  readonly assetWriter: AssetWriter;
  /** Keeps files in the database's spool, for when S3 is away. */
  readonly spooledWriter: AssetWriter;
  readonly partials: PartialStore;
  readonly egress: Egress;
  readonly providers: ProviderRegistry;
  readonly providerState: ProviderState;
  readonly metrics: ProcessMetrics;
  /** null: nothing is traced. */
  readonly tracing: Tracing | null;
  /** What is seen of every worker of the process. */
  readonly watch: ProcessWatch;
  /** Tells the metrics on `ATELIER_METRICS_PORT`, if it is set. @throws the system's error when the port is not to be had */
  readonly startMetrics: () => Promise<void>;
  /** Called once the process takes work: from now on others count it among the living, until it ends. */
  readonly startHeartbeat: () => void;
}

/** Connects the parts and starts the role. When that fails, says why on stderr and exits with 1. */
export function runProcess(role: Role, environment: NodeJS.ProcessEnv): void {
  process.title = `atelier ${role.name}`;
  const tell = (error: unknown) => {
    process.stderr.write(`atelier ${role.name} could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  };
  try {
    const settings = loadSettings(environment);
    const logger = createLogger({ level: settings.logLevel, name: role.name });
    const shutdown = createShutdown(logger, role.workMs(settings));
    openParts(role, { settings, logger, shutdown }, environment)
      .then(async (parts) => {
        await parts.startMetrics();
        await role.start(parts, environment);
      })
      .catch((error: unknown) => {
        tell(error);
        // What has begun ends as it does otherwise: calls that were taken already are finished.
        shutdown.fail(`the ${role.name} could not start`, error);
      });
  } catch (error) {
    tell(error);
    process.exit(1);
  }
}

type Begun = Pick<Parts, 'settings' | 'logger' | 'shutdown'>;

async function openParts({ name }: Role, { settings, logger, shutdown }: Begun, environment: NodeJS.ProcessEnv): Promise<Parts> {
  const instanceId = `${name}-${randomUUID()}`;

  const traced = await openProcessTracing({ name, version: packageJson.version, instanceId }, environment);
  const tracing = traced?.tracing ?? null;
  shutdown.last('tracing', () => traced?.tracing.close());
  const calls = createEgress({
    allowLoopback: settings.allowLoopback,
    forbiddenPorts: createForbiddenPorts(settings.forbiddenPortsFile),
  });
  const egress = tracing === null ? calls : withTracedPosts(calls, tracing);
  const metrics = createProcessMetrics({ role: name, version: packageJson.version });
  // Asked only once there is work: by then the database is open.
  const s3 = withHeldRemovals(withMeasuredObjects(createObjectStore(settings.s3), metrics), (key) => database.holdRemoval(key));
  const database: Database = createDatabase({
    url: settings.databaseUrl,
    poolMax: settings.poolMax,
    applicationName: `atelier ${name}`,
    instanceId,
    contents: { texts: createTextStore(s3), logger },
  });
  shutdown.last('database', () => database.close());
  metrics.watchPool(() => {
    const { inUse, waiting, max } = database.connections();
    return { used: inUse, waiting, max };
  });
  const objects = readThroughSpool(s3, database.spool);
  const secrets = createSecrets(settings.masterKey, settings.previousMasterKey);
  const catalogueStore = createCatalogueStore(database, secrets, adapterSupport);
  const view = await awaitPart('Postgres', () => openCatalogueView({ catalogueStore, changes: database.changes, logger }), logger);
  shutdown.last('catalogue', () => {
    view.close();
  });

  const providerState = await openProviderState({
    store: database.providerHealth,
    changes: database.changes,
    catalogue: () => view.current(),
    instanceId,
    logger,
    measures: metrics,
  });
  shutdown.last('provider state', () => providerState.close());

  installTemporalRuntime(logger);
  const temporal = await awaitPart('Temporal', () => connectTemporal(environment, traced?.temporal.client), logger);
  shutdown.last('temporal', () => temporal.close());

  const oldKeys = createOldKeys(database, secrets);
  database.changes.onCatalogue(() => {
    oldKeys.forget();
  });
  const providers = createProviderRegistry(egress, oldKeys.find);
  return {
    settings,
    logger,
    shutdown,
    instanceId,
    database,
    catalogueStore,
    alertBooks: createAlertBooks(database, secrets, newId),
    view,
    temporal,
    historySource: createHistorySource(temporal),
    objects,
    assetWriter: createAssetWriter(objects),
    spooledWriter: createAssetWriter(createSpooledObjects(objects, database.spool)),
    partials: createPartialStore(objects),
    egress,
    providers: tracing === null ? providers : withTracedProviders(providers, tracing),
    providerState,
    metrics,
    tracing,
    watch: watchWorkers(logger, metrics, traced?.temporal ?? null, database.requestOf),
    async startMetrics() {
      if (settings.metricsPort === null) return;
      const scrapes = await listenForScrapes(metrics, { host: settings.host, port: settings.metricsPort });
      shutdown.last('metrics', () => scrapes.close());
    },
    startHeartbeat() {
      const heartbeat = startHeartbeat({ instances: database.instances, logger }, instanceId, name, packageJson.version);
      shutdown.last('heartbeat', () => heartbeat.stop());
    },
  };
}
