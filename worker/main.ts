import { createHash } from 'node:crypto';
import { createUsualCache } from '../activities/alerts/usual-cache';
import { notYet } from '../activities/activity';
import { createMediaActivities, createProviderActivities } from '../activities/media/activities';
import type { MediaDeps } from '../activities/media/deps';
import type { Settings } from '../adapters/config/settings';
import { pathOfCallback } from '../domain/provider/callback-address';
import { createMailSender } from '../adapters/mail';
import { createProviderTester } from '../adapters/providers/tester';
import { createWebhookEndpointStore } from '../adapters/db/events/webhook-endpoints';
import { createSecrets, createTextSigner } from '../adapters/secrets';
import { createAlertSchedule } from '../adapters/temporal/alert-schedule';
import { createTemporalRunner } from '../adapters/temporal/runner';
import { createScheduleRunner } from '../adapters/temporal/schedules';
import { createWebhookSigner } from '../adapters/webhooks';
import { runProcess, type Parts } from '../bootstrap';
import { withTracedDeliveries } from '../bootstrap/traced';
import { withMeasuredStarts, withMeasuredTries } from '../bootstrap/measured';
import { textGroupId } from '../workflows/contract';
import { createHeldBytes } from '../lib/held-bytes';
import { startCallbacks } from './callbacks';
import { startCampaigns } from './campaigns';
import { createMediaWorker, createProviderWorker } from './media';
import { createProviderWorkers } from './provider-workers';
import {
  startAlertKeeper,
  startArchiver,
  startAuditSigner,
  startHousekeeping,
  startProber,
  startRecorder,
  startScheduleKeeper,
  startSweeper,
} from './loops';

/** How soon a purchase whose files found no room is tried again, here or by another worker. */
const LOOK_AGAIN_FOR_ROOM_MS = 1_000;
const SWEEP_EVERY_MS = 5_000;
const ARCHIVE_EVERY_MS = 2_000;
const RECORD_EVERY_MS = 1_000;
const HOUSEKEEPING_EVERY_MS = 180_000;
/** Looks at the time; only providers with `probe` cost more. */
const PROBE_EVERY_MS = 500;
const SIGN_AUDIT_EVERY_MS = 5_000;
const KEEP_SCHEDULES_EVERY_MS = 20_000;

async function start(parts: Parts): Promise<void> {
  const { settings, logger, shutdown, instanceId, database, catalogueStore, alertBooks, view, temporal, objects } = parts;
  const runner = createTemporalRunner(temporal, { queuePrefix: settings.queuePrefix, answerWithinMs: 5_000 });

  const callbackSigner = createTextSigner(settings.masterKey, 'provider callbacks', settings.previousMasterKey);
  const deps: MediaDeps = {
    tasks: database.tasks,
    instances: database.instances,
    assets: database.assets,
    spool: database.spool,
    objects,
    assetWriter: parts.assetWriter,
    partials: parts.partials,
    egress: parts.egress,
    catalogue: () => view.current(),
    latestCatalogue: () => view.latest(),
    providers: parts.providers,
    instanceId,
    logger,
    now: () => new Date(),
    state: parts.providerState,
    random: Math.random,
    held: createHeldBytes(settings.held, () => notYet(LOOK_AGAIN_FOR_ROOM_MS)),
    callbackUrl: (address) => (settings.publicUrl === null ? null : `${settings.publicUrl}${pathOfCallback(callbackSigner, address)}`),
  };

  const place = {
    connection: temporal.connection,
    namespace: temporal.namespace,
    queuePrefix: settings.queuePrefix,
    identity: instanceId,
    watch: parts.watch,
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
      callbacks: withMeasuredTries(database.callbacks, parts.metrics),
      campaigns: database.campaigns,
      teams: catalogueStore,
      endpoints: createWebhookEndpointStore(database, createSecrets(settings.masterKey, settings.previousMasterKey)),
      signer: createWebhookSigner(),
      links: createTextSigner(settings.masterKey, 'links', settings.previousMasterKey),
      baseUrl: settings.publicUrl ?? localUrl(settings),
      scheduleScale: settings.callbackScale,
      feed: database.changes,
      runner: parts.tracing === null ? runner : withTracedDeliveries(runner, parts.tracing, database.traceOf),
      ...alertBooks,
      health: database.providerHealth,
      usual: createUsualCache(),
      mail: settings.smtp === null ? null : createMailSender(settings.smtp),
      noticeRunner: runner,
    },
    fail,
  );
  stops.push(() => callbacks.stop());
  const campaigns = await startCampaigns(
    place,
    {
      ...deps,
      campaigns: withMeasuredStarts(database.campaigns, parts.metrics),
      schedules: database.schedules,
      objects,
      digest: (text) => createHash('sha256').update(text).digest('hex'),
      runner,
      changes: database.changes,
      textGroupIdOf: textGroupId,
    },
    fail,
  );
  stops.push(() => campaigns.stop());
  const sweeper = startSweeper(
    {
      tasks: database.tasks,
      campaigns: database.campaigns,
      batches: database.batches,
      runner,
      workflowState: (id) => runner.state(id),
      workflowIdOf: textGroupId,
      logger,
    },
    SWEEP_EVERY_MS,
  );
  const keeper = startScheduleKeeper(
    { schedules: database.schedules, scheduleRunner: createScheduleRunner(temporal, settings), logger, now: () => new Date() },
    KEEP_SCHEDULES_EVERY_MS,
  );
  const alertKeeper = startAlertKeeper(
    createAlertSchedule(temporal, { queuePrefix: settings.queuePrefix, everyS: settings.alertsEveryS }),
    logger,
    KEEP_SCHEDULES_EVERY_MS,
  );
  const archiver = startArchiver(
    { histories: database.histories, source: parts.historySource, objects, logger, now: () => new Date() },
    ARCHIVE_EVERY_MS,
  );
  const recorder = startRecorder({ calls: database.calls, logger }, RECORD_EVERY_MS);
  const auditSigner = startAuditSigner(
    {
      audit: database.audit,
      signer: createTextSigner(settings.masterKey, 'audit head', settings.previousMasterKey),
      objects,
      logger,
      now: () => new Date(),
    },
    SIGN_AUDIT_EVERY_MS,
  );
  const housekeeping = startHousekeeping(
    {
      store: database.housekeeping,
      calls: database.calls,
      logDays: settings.logDays,
      objects,
      spool: database.spool,
      sweepIdempotencyKeys: () => database.sweepIdempotencyKeys(),
      logger,
      now: () => new Date(),
    },
    HOUSEKEEPING_EVERY_MS,
  );
  const prober = startProber(
    {
      catalogue: () => view.current(),
      probes: database.providerProbes,
      health: database.providerHealth,
      state: parts.providerState,
      test: createProviderTester(parts.providers),
      logger,
      now: () => new Date(),
    },
    PROBE_EVERY_MS,
  );
  parts.startHeartbeat();
  shutdown.first('sweeper', () => sweeper.stop());
  shutdown.first('schedules', () => keeper.stop());
  shutdown.first('alerts', () => alertKeeper.stop());
  shutdown.first('archiver', () => archiver.stop());
  shutdown.first('audit log', () => auditSigner.stop());
  shutdown.first('call log', () => recorder.stop());
  shutdown.first('probes', () => prober.stop());
  shutdown.first('housekeeping', () => housekeeping.stop());
  logger.info({ instance: instanceId }, 'the worker is ready');
}

/** The api of the same machine: for installations that were not told how they are reached from outside. */
function localUrl({ host, port }: Settings): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

runProcess({ name: 'worker', workMs: ({ drain }) => drain.workMs, start }, process.env);
