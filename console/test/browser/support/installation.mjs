/** A whole installation of its own, as `npm start` runs it, on the sandbox. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { databaseUrlOf } from '../../../../scripts/lib/database-url.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const STARTS_WITHIN_MS = 300_000;
const ENDS_WITHIN_MS = 60_000;
const BACK_WITHIN_MS = 120_000;
const OURS = /^(ATELIER_(?!CHROMIUM)|S3_|TEMPORAL_ADDRESS|DATABASE_URL|PORT$|HOST$)/;

/** An installation that runs already, for whoever works on a journey: `{"origin", "email", "password", "adminKey"}` in a file. */
const given = process.env.ATELIER_CONSOLE_INSTALLATION;

/** @param {Readonly<Record<string, string>>} [settings] - variables of its environment */
export async function startInstallation(settings = {}) {
  if (given !== undefined) return { ...JSON.parse(readFileSync(given, 'utf8')), progress: () => '', async stop() {} };
  const folder = mkdtempSync(join(tmpdir(), 'atelier-console-'));
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));
  const child = spawn(process.execPath, [join(root, 'bin', 'atelier.js'), 'up', '--json'], {
    env: { ...environment, ATELIER_HOME: folder, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [result, progress] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text) => (progress += text));
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`atelier up took too long:\n${progress}`)), STARTS_WITHIN_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      result += text;
      if (!result.includes('\n')) return;
      clearTimeout(timer);
      resolve(undefined);
    });
    child.once('exit', () => reject(new Error(`atelier up ended:\n${progress}`)));
  });
  const { base_url: baseUrl, admin_key: adminKey, keys } = JSON.parse(result);
  const { console_password: password } = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8'));
  const { origin } = new URL(baseUrl);
  const pidOf = (part) => JSON.parse(readFileSync(join(folder, 'run', `${part}.pid.json`), 'utf8')).pid;
  return {
    origin,
    email: 'admin@atelier.local',
    password,
    keys,
    adminKey,
    progress: () => progress,
    /** Of its database, for what no API can bring about. */
    databaseUrl: () => databaseUrlOf(folder),
    /** Kills a part with SIGKILL. @param {'api' | 'worker'} part @returns what resolves once it runs again: the supervisor sees to that */
    kill(part) {
      const victim = pidOf(part);
      process.kill(victim, 'SIGKILL');
      return isBack(async () => pidOf(part) !== victim && (await fetch(`${origin}/readyz`)).ok);
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, ENDS_WITHIN_MS).unref())]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** @param {() => Promise<boolean>} look - throws while the part is down */
async function isBack(look) {
  for (const deadline = Date.now() + BACK_WITHIN_MS; Date.now() < deadline;) {
    if (await look().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The part did not come back.');
}
