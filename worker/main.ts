import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAccountWrites } from '../activities/account-writes';
import { createUsualCache } from '../activities/alerts/usual-cache';
import { createMediaActivities, createProviderActivities } from '../activities/media/activities';
import { createMediaGroupActivities } from '../activities/media/join';
import { createSlots } from '../activities/media/slots';
import { createPace, createStoringTurns } from '../activities/campaign/pace';
import { createMediaLane } from '../activities/media/lane';
import { createBackupMaker } from '../adapters/backup';
import { backupBucket } from '../adapters/config/backup-settings';
import type { Settings } from '../adapters/config/settings';
import { createMailSender } from '../adapters/mail';
import { createProviderTester } from '../adapters/providers/tester';
import { createBackupSource, createSecretRows } from '../adapters/db/backup';
import { createWebhookEndpointStore } from '../adapters/db/events/webhook-endpoints';
import { createSecrets, createTextSigner } from '../adapters/secrets';
import { createBackupKeys } from '../adapters/secrets/backup-keys';
import { createBackupBucket, createBackupFolder } from '../adapters/storage/backup';
import { createAlertSchedule } from '../adapters/temporal/alert-schedule';
import { createTemporalRunner } from '../adapters/temporal/runner';
import { createScheduleRunner } from '../adapters/temporal/schedules';
import { createWebhookSigner } from '../adapters/webhooks';
import type { BackupMaker } from '../domain/backup/backup';
import packageJson from '../package.json';
import { runProcess, type Parts } from '../bootstrap';
import { mediaDeps } from '../bootstrap/media';
import { withTracedDeliveries } from '../bootstrap/traced';
import { withMeasuredStarts, withMeasuredTries } from '../bootstrap/measured';
import { mediaGroupId, textGroupId } from '../workflows/contract';
import { startCallbacks } from './callbacks';
import { startCampaigns } from './campaigns';
import { createMediaWorker, createProviderWorker } from './media';
import { createProviderWorkers } from './provider-workers';
import {
  startAlertKeeper,
  startArchiver,
  startAuditSigner,
  startBackups,
  startBalances,
  startHousekeeping,
  startProber,
  startRecorder,
  startScheduleKeeper,
  startSweeper,
} from './loops';

const SWEEP_EVERY_MS = 5_000;
const ARCHIVE_EVERY_MS = 2_000;
const RECORD_EVERY_MS = 1_000;
const HOUSEKEEPING_EVERY_MS = 180_000;
/** Looks at the time; only providers with `probe` cost more. */
const PROBE_EVERY_MS = 500;
/** Looks at the time; each key is asked every `ATELIER_BALANCE_EVERY_S`. */
const BALANCES_EVERY_MS = 1_000;
const BACKUPS_EVERY_MS = 2_000;
const SIGN_AUDIT_EVERY_MS = 5_000;
const KEEP_SCHEDULES_EVERY_MS = 20_000;

async function start(parts: Parts, environment: NodeJS.ProcessEnv): Promise<void> {
  const { settings, logger, shutdown, instanceId, database, catalogueStore, alertBooks, view, temporal, objects } = parts;
  const runner = createTemporalRunner(temporal, { queuePrefix: settings.queuePrefix, answerWithinMs: 5_000 });

  const deps = mediaDeps(parts);

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
  const campaignStore = withMeasuredStarts(database.campaigns, parts.metrics);
  const pace = createPace(campaignStore);
  const slots = createSlots();
  const lane = createMediaLane({
    ...deps,
    writes: createAccountWrites(deps.tasks),
    owners: runner,
    runner,
    workflowIdOf: mediaGroupId,
    optimistic: settings.optimistic && settings.optimisticItems,
    mayCall: ({ limits, disabled }) => limits === undefined && disabled !== true,
    slots,
    turn: createStoringTurns(pace),
  });
  database.changes.onCancel((taskId) => {
    lane.cancelled(taskId);
  });
  shutdown.last('media lane', () => {
    lane.close();
  });
  const media = await createMediaWorker(place, {
    ...createMediaActivities(deps),
    ...createMediaGroupActivities({ ...deps, runner }, lane),
  });
  const running = media.run();
  running.catch(fail);
  stops.push(async () => {
    if (media.getState() === 'RUNNING') media.shutdown();
    await running;
  });
  const providerActivities = createProviderActivities(deps, { nearness: (id) => lane.nearness(id), slots });
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
      balances: database.providerBalances,
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
      campaigns: campaignStore,
      pace,
      lane,
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
  stops.push(() => lane.drain(settings.drain.workMs));
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
  const balances = startBalances(
    {
      catalogue: () => view.current(),
      providers: parts.providers,
      balances: database.providerBalances,
      logger,
      now: () => new Date(),
      everyS: settings.balanceEveryS,
    },
    BALANCES_EVERY_MS,
  );
  const backups = startBackups(
    {
      work: database.backupWork,
      maker: backupMaker(settings, objects, environment),
      instanceId,
      logger,
    },
    BACKUPS_EVERY_MS,
  );
  parts.startHeartbeat();
  shutdown.first('sweeper', () => sweeper.stop());
  shutdown.first('schedules', () => keeper.stop());
  shutdown.first('alerts', () => alertKeeper.stop());
  shutdown.first('archiver', () => archiver.stop());
  shutdown.first('audit log', () => auditSigner.stop());
  shutdown.first('call log', () => recorder.stop());
  shutdown.first('probes', () => prober.stop());
  shutdown.first('balances', () => balances.stop());
  shutdown.first('backups', () => backups.stop());
  shutdown.first('housekeeping', () => housekeeping.stop());
  logger.info({ instance: instanceId }, 'the worker is ready');
}

function backupMaker(settings: Settings, objects: Parts['objects'], environment: NodeJS.ProcessEnv): BackupMaker {
  const keptKeys = join(settings.home, 'keys.json');
  return createBackupMaker({
    version: packageJson.version,
    rows: createBackupSource(settings.databaseUrl),
    secretRows: createSecretRows(settings.databaseUrl),
    objects,
    keys: createBackupKeys(settings.masterKey, settings.previousMasterKey),
    home: () => (existsSync(keptKeys) ? readFileSync(keptKeys, 'utf8') : null),
    placeOf: (name) => {
      const bucket = backupBucket(name, environment);
      return bucket === null ? createBackupFolder(name) : createBackupBucket(bucket.settings, bucket.prefix);
    },
  });
}

/** The api of the same machine: for installations that were not told how they are reached from outside. */
function localUrl({ host, port }: Settings): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

runProcess({ name: 'worker', workMs: ({ drain }) => drain.workMs, start }, process.env);
