import { DEFAULT_CONFIG } from '../adapters/config/default-config';
import { answers } from '../adapters/egress/answers';
import { join } from 'node:path';
import packageJson from '../package.json';
import type { ConfigFault } from '../domain/config/document';
import type { OpenSource } from '../domain/migration/source';
import type { HistoryReplayer } from '../domain/task/history';
import type { UpRequest } from './deps';
import type { BackupTools } from './backup/tools';
import { CliFailure } from './failure';
import { createOutput } from './output';
import { runCli } from './program';

// A reader that goes away (`| head`, a closed terminal) is no reason to stop: `up` has children to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

async function up(request: UpRequest): Promise<void> {
  process.title = 'atelier up';
  // Loaded here alone: the other commands start faster without the embedded servers.
  const { StartFailure, runUp } = await import('../adapters/embedded/index.js');
  try {
    await runUp({ environment: process.env, defaultConfig: DEFAULT_CONFIG, ...request });
  } catch (error) {
    if (error instanceof StartFailure) throw new CliFailure(error.message, { code: 'not_started' }, error);
    throw error;
  }
}

// The provider kinds, whose options are checked, come with their libraries: loaded for the commands that need them.
async function checkConfig(yaml: string, environment: NodeJS.ProcessEnv): Promise<readonly ConfigFault[]> {
  const { checkConfig: check } = await import('../adapters/config/file.js');
  return check(yaml, environment).faults;
}

/** Where the build leaves the workflows' code, beside the compiled tree. */
const WORKFLOW_BUNDLE = join(__dirname, '..', 'workflow-bundle.js');

const replayHistories: HistoryReplayer = async function* (histories) {
  const { createHistoryReplayer, installQuietRuntime } = await import('../adapters/temporal/history-replay.js');
  installQuietRuntime();
  yield* createHistoryReplayer(WORKFLOW_BUNDLE)(histories);
};

async function backup(): Promise<BackupTools> {
  const [embedded, database, storage, secrets, config, work] = await Promise.all([
    import('../adapters/embedded/index.js'),
    import('../adapters/db/backup/index.js'),
    import('../adapters/storage/backup/index.js'),
    import('../adapters/secrets/backup-keys.js'),
    import('../adapters/config/backup-settings.js'),
    import('../adapters/backup/index.js'),
  ]);
  const environment = process.env;
  const keysOf = secrets.createBackupKeys;
  const open = async (say: (line: string) => void, home: 'existing' | 'new') => {
    try {
      return await embedded.openHome({ environment, say, home });
    } catch (error) {
      if (error instanceof embedded.StartFailure) throw new CliFailure(error.message, { code: 'not_configured' }, error);
      throw error;
    }
  };
  return {
    create: work.createBackup,
    verify: work.verifyBackup,
    restore: work.restoreBackup,
    place: (name) => {
      const bucket = config.backupBucket(name, environment);
      return bucket === null ? storage.createBackupFolder(name) : storage.createBackupBucket(bucket.settings, bucket.prefix);
    },
    keys: () => {
      const masterKey = embedded.masterKeyOf(environment);
      return masterKey === null ? null : keysOf(masterKey, environment['ATELIER_MASTER_KEY_PREVIOUS'] ?? null);
    },
    source: async (say) => {
      const home = await open(say, 'existing');
      const settings = config.loadSettings(home.environment);
      const objects = storage.createObjectStore(settings.s3);
      return {
        rows: database.createBackupSource(settings.databaseUrl),
        secretRows: database.createSecretRows(settings.databaseUrl),
        objects,
        keys: keysOf(settings.masterKey, settings.previousMasterKey),
        home: home.keys,
        close: async () => {
          objects.close();
          await home.close();
        },
      };
    },
    target: async (say) => {
      const home = await open(say, 'new');
      const settings = config.loadSettings(home.environment);
      const objects = storage.createObjectStore(settings.s3);
      return {
        rows: database.createRestoreTarget(settings.databaseUrl),
        objects,
        keys: keysOf(settings.masterKey, settings.previousMasterKey),
        keepHome: (text) => home.keepKeys(text),
        close: async () => {
          objects.close();
          await home.close();
        },
      };
    },
  };
}

// The engines of other programs' databases.
const openLegacySource: OpenSource = async (place) => {
  const { openLegacySource: open } = await import('../adapters/newapi/index.js');
  return open(place);
};

function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** Asks on stderr: stdout is for results. */
async function confirm(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

void runCli(process.argv.slice(2), {
  environment: process.env,
  output: createOutput(process.stdout, process.stderr),
  fetch: globalThis.fetch,
  answers,
  version: packageJson.version,
  checkConfig,
  backup,
  openLegacySource,
  up,
  replayHistories,
  interruption,
  ...(process.stdin.isTTY ? { confirm } : {}),
}).then((code) => process.exit(code));
