import { DEFAULT_CONFIG } from '../adapters/config/default-config';
import { join } from 'node:path';
import packageJson from '../package.json';
import type { ConfigFault } from '../domain/config/document';
import type { HistoryReplayer } from '../domain/task/history';
import type { UpRequest } from './deps';
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
  version: packageJson.version,
  checkConfig,
  up,
  replayHistories,
  interruption,
  ...(process.stdin.isTTY ? { confirm } : {}),
}).then((code) => process.exit(code));
