/** An `atelier up` in a temporary home on a free port, with a provider in a process of its own, which survives. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PARTS, pidOf, send } from './processes.mjs';
import { until } from './wait.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const START_MS = 180_000;
const STOP_MS = 60_000;
const ASK_MS = 6_000;

/** @param {number} port */
const configFor = (port) => `providers:
  - { name: fake, kind: openai, base_url: "http://127.0.0.1:${port}/v1", max_concurrency: 64 }
models:
  - { name: text, modality: text, price: { input_per_1m_usd: "1", output_per_1m_usd: "2" }, routes: [{ provider: fake, model: fake-text }] }
  - { name: image, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: fake, model: fake-image }] }
  - { name: broken, modality: image, price: { per_image_usd: "0.01" }, routes: [{ provider: fake, model: fake-broken }] }
  - { name: video, modality: video, price: { per_second_usd: "0.1" }, routes: [{ provider: fake, model: fake-video }] }
`;

/** Ours without what points to an installation. Callbacks are tried at 0, 1, 6 and 24 s. */
const strangersEnvironment = () => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ATELIER_|S3_|TEMPORAL_|DATABASE_URL|PORT$|HOST$)/.test(name))),
  ATELIER_CALLBACK_SCALE: '0.2',
});

/** @param {import('node:child_process').ChildProcess} child */
const ended = (child) => child.exitCode !== null || child.signalCode !== null;

async function startProvider() {
  const child = spawn(process.execPath, [join(ROOT, 'test/support/fake-provider/process.cjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  if ((await until(() => said.includes('\n') || ended(child), { withinMs: START_MS })) === null || ended(child))
    throw new Error('The provider did not start.');
  const { port } = JSON.parse(said);
  /** @param {'GET' | 'POST'} method @param {string} path @param {object} [body] @returns {Promise<any>} the answer's JSON */
  const call = async (method, path, body) => {
    const options =
      body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return (await fetch(`http://127.0.0.1:${port}/fake/${path}`, options)).json();
  };
  return {
    port,
    /** @param {Record<string, number>} behaviour */
    behave: (behaviour) => call('POST', 'behaviour', behaviour),
    /** From now on the provider refuses what this model is asked for. @param {string} model */
    refuse: (model) => call('POST', 'script', { model, steps: [{ status: 400, code: 'bad_prompt', message: 'Refused.' }] }),
    /** @returns {Promise<{ createsByKey: Record<string, number> }>} */
    counts: () => call('GET', 'counts'),
    stop: () => child.kill('SIGTERM'),
  };
}

/** @typedef {Awaited<ReturnType<typeof startInstallation>>} Installation */

/** @returns what the soak needs of the installation; `stop` ends it and removes its home, unless it is to be kept */
export async function startInstallation() {
  const provider = await startProvider();
  const folder = mkdtempSync(join(tmpdir(), 'atelier-soak-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  const configFile = join(folder, 'config.yaml');
  writeFileSync(configFile, configFor(provider.port));
  const supervisor = spawn(process.execPath, [join(ROOT, 'bin', 'atelier.js'), 'up', '--json'], {
    env: { ...strangersEnvironment(), ATELIER_HOME: home, ATELIER_CONFIG: configFile, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  supervisor.stdout.setEncoding('utf8').on('data', (text) => (said.stdout += text));
  supervisor.stderr.setEncoding('utf8').on('data', (text) => (said.stderr += text));

  async function stop({ keep = false } = {}) {
    supervisor.kill('SIGTERM');
    if ((await until(() => ended(supervisor), { withinMs: STOP_MS })) === null) supervisor.kill('SIGKILL');
    provider.stop();
    if (!keep) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  const has = await until(() => said.stdout.includes('\n') || ended(supervisor), { withinMs: START_MS });
  if (has === null || ended(supervisor)) {
    await stop();
    throw new Error(`The installation did not start:\n${said.stderr}`);
  }
  const welcome = JSON.parse(said.stdout);
  const credentials = JSON.parse(readFileSync(join(home, 'credentials.json'), 'utf8'));
  const origin = new URL(welcome.base_url).origin;
  const installation = { home, pid: supervisor.pid ?? 0 };

  return {
    ...installation,
    folder,
    origin,
    provider,
    key: credentials.keys.production,
    adminKey: credentials.admin_key,
    callbackSecret: credentials.callback_secret,
    /** @param {import('./processes.mjs').Part} part */
    pidOf: (part) => pidOf(installation, part),
    /**
     * Kills parts at once.
     * @param {readonly import('./processes.mjs').Part[]} parts
     * @returns {Record<string, number>} the process ids by part; a part that is down already is left out
     */
    kill(parts) {
      const victims = parts.map((part) => ({ part, pid: pidOf(installation, part) }));
      return Object.fromEntries(victims.flatMap(({ part, pid }) => (pid !== null && send(pid, 'SIGKILL') ? [[part, pid]] : [])));
    },
    /** What `/readyz` says now: `{status: 0}` when nothing answers. @returns {Promise<{ status: number, missing: string[], reasons: string[] }>} */
    async readiness() {
      try {
        const response = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(ASK_MS) });
        /** @type {{ missing?: { name: string, reason: string }[] }} */
        const { missing = [] } = /** @type {any} */ (await response.json());
        return { status: response.status, missing: missing.map(({ name }) => name), reasons: missing.map(({ reason }) => reason) };
      } catch {
        return { status: 0, missing: ['api'], reasons: [] };
      }
    },
    /** All parts run, none under an id of `victims`, and `/readyz` is content. @param {Record<string, number>} victims */
    async isBack(victims) {
      if (ended(supervisor)) throw new Error(`The supervisor ended:\n${said.stderr.slice(-2_000)}`);
      const pids = PARTS.map((part) => ({ part, pid: pidOf(installation, part) }));
      if (pids.some(({ part, pid }) => pid === null || victims[part] === pid)) return false;
      return (await this.readiness()).status === 200;
    },
    progress: () => said.stderr,
    stop,
  };
}
