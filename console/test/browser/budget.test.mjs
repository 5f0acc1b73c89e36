import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const built = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'dist', 'console');
const manifest = JSON.parse(readFileSync(join(built, '.vite', 'manifest.json'), 'utf8'));

/** Compressed bytes of a set of files. @param {Iterable<string>} files */
const weigh = (files) => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(built, file)), { level: 9 }).length, 0);

/** A chunk with all that it imports at once. */
function loadedBy(key, files = new Set()) {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const imported of chunk.imports ?? []) loadedBy(imported, files);
  return files;
}

const isScript = (file) => file.endsWith('.js');
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shell = loadedBy(entry);
const texts = Object.keys(manifest).filter((key) => /text\/zh\/(common|errors)\.json$/.test(key));
const pages = Object.keys(manifest).filter((key) => /src\/pages\/.*\/page\.tsx$/.test(key));

test('the shell is at most 200 kB of script, and no page adds more than 60', () => {
  const shellBytes = weigh([...shell].filter(isScript));
  assert.ok(shellBytes <= 200_000, `shell ${shellBytes}`);
  for (const key of pages) {
    const own = weigh([...loadedBy(key)].filter((file) => isScript(file) && !shell.has(file)));
    assert.ok(own <= 60_000, `${key} ${own}`);
  }
});

test('the first load of any page is at most 250 kB of script, and 20 kB of styles', () => {
  assert.ok(pages.length >= 3);
  for (const key of pages) {
    const files = new Set([...shell, ...loadedBy(key), ...texts.flatMap((text) => [...loadedBy(text)])]);
    const [scripts, styles] = [weigh([...files].filter(isScript)), weigh([...files].filter((file) => file.endsWith('.css')))];
    assert.ok(scripts <= 250_000, `${key} ${scripts}`);
    assert.ok(styles <= 20_000, `${key} ${styles}`);
    // Where a newcomer begins: it keeps room for what is added to the shell.
    if (key.endsWith('studio/image/page.tsx')) assert.ok(scripts <= 225_000, `${key} ${scripts}`);
    console.log(`${key}: ${Math.round(scripts / 1_000)} kB of script, ${Math.round(styles / 1_000)} kB of styles`);
  }
});
