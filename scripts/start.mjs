/** `npm start`: installs and builds what is missing, then runs `atelier up` in this same process, so that signals reach it. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stackOf } from './lib/failure.mjs';
import { PrepareFailure, prepare, prepareConsole } from './lib/prepare.mjs';
import { root } from './lib/sources.mjs';

try {
  await prepare();
  await prepareConsole();
  process.argv = [process.execPath, join(root, 'bin', 'atelier.js'), 'up', ...process.argv.slice(2)];
  await import(pathToFileURL(join(root, 'dist', 'cli', 'main.js')).href);
} catch (error) {
  process.stderr.write(`${error instanceof PrepareFailure ? error.message : stackOf(error)}\n`);
  process.exitCode = 1;
}
