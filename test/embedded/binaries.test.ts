import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchArchive } from '../../adapters/embedded/binaries/archive';
import { TEMPORAL, WEED } from '../../adapters/embedded/binaries/wanted';

const place: { folder: string; server?: Server; url: string } = { folder: '', url: '' };

beforeAll(async () => {
  place.folder = mkdtempSync(join(tmpdir(), 'atelier-archive-'));
  mkdirSync(join(place.folder, 'made'));
  writeFileSync(join(place.folder, 'made', 'temporal'), '#!/bin/sh\necho hello\n', { mode: 0o755 });
  execFileSync('tar', ['-czf', join(place.folder, 'release.tar.gz'), '-C', join(place.folder, 'made'), 'temporal']);
  const server = createServer((request, response) => {
    if (request.url === '/release.tar.gz') createReadStream(join(place.folder, 'release.tar.gz')).pipe(response);
    else response.writeHead(404).end();
  });
  place.server = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  place.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterAll(() => {
  place.server?.close();
  rmSync(place.folder, { recursive: true });
});

test('a release archive becomes a program in the cache', async () => {
  const folder = join(place.folder, 'cache', 'temporal-1');
  await fetchArchive({ ...TEMPORAL, archive: () => `${place.url}/release.tar.gz` }, folder, new AbortController().signal);
  expect(execFileSync(join(folder, 'bin', 'temporal'), { encoding: 'utf8' })).toBe('hello\n');
});

test('an archive that is not there leaves nothing behind', async () => {
  const cache = join(place.folder, 'empty-cache');
  const missing = fetchArchive(
    { ...TEMPORAL, archive: () => `${place.url}/gone` },
    join(cache, 'temporal-1'),
    new AbortController().signal,
  );
  await expect(missing).rejects.toThrow('could not be downloaded');
  expect(readdirSync(cache)).toEqual([]);
});

test('archives are named as their makers name them', () => {
  expect(TEMPORAL.archive('darwin', 'arm64')).toMatch(/temporal_cli_1\.9\.1_darwin_arm64\.tar\.gz$/);
  expect(WEED.archive('linux', 'x64')).toMatch(/4\.48\/linux_amd64\.tar\.gz$/);
  expect(WEED.archive('win32', 'x64')).toMatch(/windows_amd64\.zip$/);
});
