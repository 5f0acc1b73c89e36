import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../domain/errors';
import { throwIfAborted } from '../shared/abort';

const LONGEST_RUN_MS = 120_000;
let program: Promise<string> | undefined;

/**
 * Runs ffmpeg to its end.
 * @throws AppError `cancelled` or the signal's reason; `provider_unavailable` when ffmpeg is missing or fails
 */
export async function runFfmpeg(parameters: readonly string[], signal: AbortSignal): Promise<void> {
  throwIfAborted(signal);
  program ??= findProgram();
  const path = await program;
  const child = spawn(path, ['-v', 'error', '-nostdin', '-y', ...parameters], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_RUN_MS)]),
    killSignal: 'SIGKILL',
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-500)));
  const exitCode = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null)).once('close', resolve);
  });
  throwIfAborted(signal);
  if (exitCode !== 0)
    throw new AppError('provider_unavailable', 'The sandbox could not render the video.', {
      providerMessage: complaint,
      isUnpaid: true,
    });
}

/** The packaged ffmpeg; installed without install scripts its file may not be executable. */
async function findProgram(): Promise<string> {
  const { path } = await import('@ffmpeg-installer/ffmpeg').then((module) => module.default);
  if (await isExecutable(path)) return path;
  try {
    await chmod(path, 0o755);
    return path;
  } catch {
    const copy = join(await mkdtemp(join(tmpdir(), 'atelier-ffmpeg-')), 'ffmpeg');
    await copyFile(path, copy);
    await chmod(copy, 0o700);
    return copy;
  }
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
