/** Starts a mock provider and an installation of its own in a temporary home, and reads what its processes use. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseUrlOf } from '../lib/database-url.mjs';
import { freePort } from '../lib/free-port.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TICKS_PER_SECOND = 100;

/** @param {number} port */
const CONFIG = (port) => `providers:
  - { name: mock, kind: openai, base_url: "http://127.0.0.1:${port}/v1", api_key: "\${MOCK_KEY}" }
  - { name: dead, kind: openai, base_url: "http://127.0.0.1:9/v1", api_key: "\${MOCK_KEY}", breaker: { failures: 1, window_s: 60, open_s: 300 } }
models:
  - { name: mock-behind-dead, modality: text, price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }, routes: [{ provider: dead, model: mock, priority: 10 }, { provider: mock, model: mock }] }
${['mock', 'mock-think-50', 'mock-think-600000']
  .map(
    (name) =>
      `  - { name: ${name}, modality: text, price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }, routes: [{ provider: mock, model: ${name} }] }`,
  )
  .join('\n')}
  - { name: mock-large, modality: text, price: free, routes: [{ provider: mock, model: mock-think-50 }] }
  - { name: mock-image-think-500, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: mock, model: mock-image-think-500 }] }
  - { name: mock-video, modality: video, price: { per_second_usd: "0.01" }, routes: [{ provider: mock, model: mock-video }] }
  - { name: mock-image, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: mock, model: mock-image }] }
`;

/** @param {import('node:child_process').ChildProcessByStdio<any, import('node:stream').Readable, null>} child @returns {Promise<string>} */
const firstLine = (child) =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part) => {
      text += part;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });

/** @typedef {Awaited<ReturnType<typeof startInstallation>>} Installation */

/**
 * @param {object} [options]
 * @param {string} [options.home] - a home to use and to keep; by default a temporary one that `stop` removes
 * @param {string} [options.root] - the checkout whose code runs; by default this one
 */
export async function startInstallation({ home: keptHome, root = ROOT } = {}) {
  const provider = spawn(process.execPath, [join(ROOT, 'scripts/bench/mock-provider.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const providerPort = JSON.parse(await firstLine(provider)).port;
  const home = keptHome ?? mkdtempSync(join(tmpdir(), 'atelier-bench-'));
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'bench.yaml'), CONFIG(providerPort));
  const port = await freePort();
  /** @type {string[]} */
  const log = [];
  const supervisor = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: {
      ...process.env,
      ATELIER_HOME: home,
      ATELIER_CONFIG: join(home, 'bench.yaml'),
      MOCK_KEY: 'mock-key-for-the-bench',
      PORT: String(port),
      ATELIER_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ready = new Promise((resolve, reject) => {
    for (const stream of [supervisor.stdout, supervisor.stderr])
      stream.on('data', (part) => {
        log.push(String(part));
        if (log.join('').includes('Ctrl-C')) resolve(null);
      });
    supervisor.once('exit', () => reject(new Error(`The installation did not start:\n${log.join('')}`)));
  });
  await ready;
  const credentials = JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8'));
  return {
    home,
    databaseUrl: databaseUrlOf(home),
    origin: `http://127.0.0.1:${port}`,
    direct: `http://127.0.0.1:${providerPort}`,
    key: credentials.keys.production,
    pid: supervisor.pid ?? 0,
    /** @returns {{ ok: boolean, problems: string[] }} */
    verify: (isFull = false) => {
      const command = [join(root, 'bin/atelier.js'), 'ledger', 'verify', '--json', ...(isFull ? ['--full'] : [])];
      const run = spawnSync(process.execPath, command, {
        env: { ...process.env, ATELIER_HOME: home },
        encoding: 'utf8',
        timeout: 60 * 60_000,
      });
      return JSON.parse(run.stdout);
    },
    async stop() {
      const gone = new Promise((resolve) => supervisor.once('exit', resolve));
      supervisor.kill('SIGTERM');
      await gone;
      provider.stdin.end();
      if (keptHome === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

/** All processes below `pid`, itself and the guardian's foster children included (they name the home on their command line or in their environment). @param {number} pid @param {string} home */
function family(pid, home) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const members = new Set([pid]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [child, parent] of parents) if (members.has(parent) && !members.has(child)) grew = members.add(child) !== null;
  }
  return [...members].filter((member) => existsSync(`/proc/${member}`) && home !== '');
}

/** @param {number} pid */
const fieldsOf = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return { name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')), fields: stat.slice(stat.lastIndexOf(')') + 2).split(' ') };
};

/** CPU seconds and memory (PSS, MB) of the installation's processes now. @param {{ pid: number, home: string }} installation */
export function usageOf({ pid, home }) {
  let cpuSeconds = 0;
  let megabytes = 0;
  /** @type {Record<string, { cpuSeconds: number, megabytes: number }>} */
  const parts = {};
  for (const member of family(pid, home)) {
    try {
      const { name, fields } = fieldsOf(member);
      // Children that ended count with their parent.
      const seconds = (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
      const pss = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
      cpuSeconds += seconds;
      megabytes += pss;
      const title = readFileSync(`/proc/${member}/cmdline`, 'utf8').split('\0').join(' ').trim().slice(0, 24) || name;
      const key = /postgres/.test(title) ? 'postgres' : /weed/.test(title) ? 'weed' : /temporal/.test(title) ? 'temporal' : title;
      parts[key] = { cpuSeconds: (parts[key]?.cpuSeconds ?? 0) + seconds, megabytes: (parts[key]?.megabytes ?? 0) + pss };
    } catch {
      // It ended while we looked.
    }
  }
  return { cpuSeconds, megabytes, parts };
}

/** The process with this title. @param {{ pid: number, home: string }} installation @param {string} title */
export function pidOf({ pid, home }, title) {
  for (const member of family(pid, home)) {
    try {
      if (readFileSync(`/proc/${member}/cmdline`, 'utf8').startsWith(title)) return member;
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error(`There is no process "${title}".`);
}

/**
 * What the process with this title has in memory, in MB: now, and at most since it began.
 * @param {{ pid: number, home: string }} installation
 * @param {string} title
 */
export function residentOf(installation, title) {
  const status = readFileSync(`/proc/${pidOf(installation, title)}/status`, 'utf8');
  /** @param {string} field */
  const of = (field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { mb: of('VmRSS'), peakMb: of('VmHWM') };
}
