import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT, SOURCE_FOLDERS, readText } from './support';

const dockerfile = readText('Dockerfile').replace(/\\\n/g, ' ').split('\n');
const images = dockerfile.flatMap((line) => /^FROM (\S+)/.exec(line)?.slice(1) ?? []);

/** Sources of `COPY` from the checkout (not from another stage). */
function copied(): readonly string[] {
  return dockerfile
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
}

describe('Dockerfile', () => {
  test('copies only files that exist', () => {
    expect(copied().filter((source) => !existsSync(path.join(ROOT, source)))).toEqual([]);
  });

  test('copies every source folder', () => {
    expect(copied()).toEqual(expect.arrayContaining([...SOURCE_FOLDERS]));
  });

  test('copies nothing that .dockerignore keeps out', () => {
    const ignored = new Set(readText('.dockerignore').split('\n'));

    expect(copied().filter((source) => ignored.has(source.split('/')[0] ?? ''))).toEqual([]);
  });

  test('keeps keys, data and the history of the checkout out of the image', () => {
    expect(readText('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['.git', '.atelier', '**/.env', 'node_modules']));
  });

  test('runs on a Node that package.json allows', () => {
    const { engines } = JSON.parse(readText('package.json')) as { engines: { node: string } };
    const least = /^>=(\d+)[.](\d+)$/.exec(engines.node)?.slice(1).map(Number) ?? [];

    expect(least).toHaveLength(2);
    for (const image of images) {
      const major = Number(/^node:(\d+)/.exec(image)?.[1]);
      // A tag without a minor version is the newest of its major one.
      expect(major).toBeGreaterThanOrEqual(least[0] ?? Infinity);
    }
  });

  test('is built on glibc, for which Temporal and sharp ship binaries', () => {
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(/^node:\d+.*-(bookworm|trixie)-slim$/);
  });

  test('does not run as root, and without install scripts of dependencies', () => {
    expect(dockerfile).toContain('USER node');
    for (const line of dockerfile.filter((text) => /npm (ci|install|prune)/.test(text))) expect(line).toContain('--ignore-scripts');
  });

  test('runs what the build makes', () => {
    const command = dockerfile.find((line) => line.startsWith('CMD ')) ?? '';
    const [, script = ''] = JSON.parse(command.slice('CMD '.length)) as string[];

    expect(existsSync(path.join(ROOT, script.replace(/^dist\/(.*)[.]js$/, '$1.ts')))).toBe(true);
  });
});
