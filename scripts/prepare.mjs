/** `node scripts/prepare.mjs [--allow-failed-build]`: installs and builds what is missing; nothing when all is up to date. */
import { stackOf } from './lib/failure.mjs';
import { PrepareFailure, prepare } from './lib/prepare.mjs';

try {
  await prepare({ allowFailedBuild: process.argv.includes('--allow-failed-build') });
} catch (error) {
  process.stderr.write(`${error instanceof PrepareFailure ? error.message : stackOf(error)}\n`);
  process.exitCode = 1;
}
