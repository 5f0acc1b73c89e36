/** `npm test`: installs and builds what is missing, then runs jest with the given arguments. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stackOf } from './lib/failure.mjs';
import { PrepareFailure, prepare } from './lib/prepare.mjs';
import { root } from './lib/sources.mjs';

try {
  await prepare();
  const jest = spawn(process.execPath, [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  // jest gets Ctrl-C itself, by the process group; this process only waits for it to clean up.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => jest.kill('SIGTERM'));
  jest.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  process.stderr.write(`${error instanceof PrepareFailure ? error.message : stackOf(error)}\n`);
  process.exitCode = 1;
}
