/** A whole installation of its own, as `npm start` runs it, on the sandbox. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const STARTS_WITHIN_MS = 150_000;
const ENDS_WITHIN_MS = 60_000;
const OURS = /^(ATELIER_(?!CHROMIUM)|S3_|TEMPORAL_ADDRESS|DATABASE_URL|PORT$|HOST$)/;

export async function startInstallation() {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-console-'));
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));
  const child = spawn(process.execPath, [join(root, 'bin', 'atelier.js'), 'up', '--json'], {
    env: { ...environment, ATELIER_HOME: folder, PORT: '0' },
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
  return {
    origin: new URL(baseUrl).origin,
    email: 'admin@atelier.local',
    password,
    keys,
    adminKey,
    progress: () => progress,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, ENDS_WITHIN_MS).unref())]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
