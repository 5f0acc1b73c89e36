import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWebFiles } from '../../adapters/web/files';
import type { WebFiles } from '../../domain/web-file';
import { useApi } from './support/api';

const SCRIPT = `console.log("${'a script that is worth compressing '.repeat(40)}");`;
const built = useApi({
  consoleFiles: folderOf({
    'index.html': '<!doctype html><title>Atelier</title>',
    'theme.js': ';',
    'assets/app-1a2b.js': SCRIPT,
    'notes.exe': 'x',
  }),
});
const bare = useApi();

/** A folder as a build leaves it, read as the api reads it. */
function folderOf(contents: Readonly<Record<string, string>>): WebFiles {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-console-'));
  mkdirSync(join(folder, 'assets'));
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
  const files = readWebFiles(folder);
  rmSync(folder, { recursive: true });
  return files;
}

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${built.origin}${path}`, { headers, redirect: 'manual' });

test.each(['/console', '/console/', '/console/t/studio/tasks', '/console/t/a%2Fb/tasks/task_1?peek=x', '/console/v1/models'])(
  '%s is the page, which nobody keeps and nobody may frame or script',
  async (path) => {
    const response = await get(path);
    const policy = response.headers.get('content-security-policy') ?? '';

    expect([response.status, await response.text()]).toEqual([200, '<!doctype html><title>Atelier</title>']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
  },
);

test('files whose name has their hash are kept for good, and travel compressed to who takes that', async () => {
  const plain = await get('/console/assets/app-1a2b.js', { 'accept-encoding': 'identity' });
  const packed = await get('/console/assets/app-1a2b.js', { 'accept-encoding': 'gzip' });

  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(plain.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(plain.headers.get('content-length')).toBe(String(Buffer.byteLength(SCRIPT)));
  expect(await plain.text()).toBe(SCRIPT);
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(Number(packed.headers.get('content-length'))).toBeLessThan(SCRIPT.length / 4);
  expect(await packed.text()).toBe(SCRIPT);
  expect(packed.headers.get('vary')).toBe('accept-encoding');
});

test('other files are asked for again, and answered with 304 as long as they are the same', async () => {
  const first = await get('/console/theme.js');
  const again = await get('/console/theme.js', { 'if-none-match': first.headers.get('etag')! });

  expect(first.headers.get('cache-control')).toBe('no-cache');
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test.each(['/console/assets/app-old.js', '/console/assets/../../package.json', '/console/assets/%2e%2e%2f%2e%2e%2fpackage.json'])(
  'a file of another version, or of nobody, is no page: %s',
  async (path) => {
    const response = await get(path);
    const text = await response.text();

    expect(text).not.toContain('"dependencies"');
    if (path.endsWith('app-old.js')) expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store']);
  },
);

test('a browser at / goes on to the console; a client gets the address of the API', async () => {
  const browser = await get('/', { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' });
  const client = await get('/', { accept: '*/*' });

  expect([browser.status, browser.headers.get('location'), browser.headers.get('vary')]).toEqual([302, '/console/', 'accept']);
  expect([client.status, await client.json()]).toMatchObject([200, { object: 'service' }]);
});

test('an installation without a build says how to make one, and serves the API all the same', async () => {
  const response = await fetch(`${bare.origin}/console/`);

  expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')]);
  expect((await bare.call('GET', '/v1/models')).status).toBe(200);
});

test('other methods are refused by name', async () => {
  expect((await bare.call('POST', '/console/x')).status).toBe(405);
});
