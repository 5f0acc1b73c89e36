import { spawn } from 'node:child_process';
import { access, chmod, constants, copyFile } from 'node:fs/promises';
import { join } from 'node:path';

const TIMEOUT_MS = 20_000;
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/**
 * The first frame of a video as PNG. ffmpeg gets no network, no environment and a fixed container format, so that a file that is
 * secretly a playlist opens nothing else.
 * @param folder - a private folder that an executable copy may be put into
 * @throws when there is no ffmpeg or it fails
 */
export async function firstFrame(file: string, container: string, folder: string): Promise<Uint8Array> {
  const binary = await findBinary(folder);
  const input = ['-nostdin', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'file', '-f', container, '-i', file];
  const output = [
    '-an',
    '-frames:v',
    '1',
    '-vf',
    'scale=w=min(iw\\,1024):h=-2',
    '-threads',
    '1',
    '-f',
    'image2pipe',
    '-c:v',
    'png',
    'pipe:1',
  ];
  return run(binary, [...input, ...output]);
}

/** npm may have unpacked the binary without its executable bit, and perhaps where it cannot be set. */
async function findBinary(folder: string): Promise<string> {
  const { path } = await import('@ffmpeg-installer/ffmpeg');
  try {
    await access(path, constants.X_OK);
    return path;
  } catch {
    // Made executable below.
  }
  try {
    await chmod(path, 0o755);
    return path;
  } catch {
    const copy = join(folder, 'ffmpeg');
    await copyFile(path, copy);
    await chmod(copy, 0o700);
    return copy;
  }
}

function run(binary: string, args: readonly string[]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'ignore'], env: {}, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
    const chunks: Uint8Array[] = [];
    let received = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      received += chunk.byteLength;
      if (received > MAX_FRAME_BYTES) {
        child.kill('SIGKILL');
      } else {
        chunks.push(chunk);
      }
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && received > 0) {
        resolve(Buffer.concat(chunks));
      } else {
        reject(new Error(`ffmpeg gave no frame (exit ${code ?? 'by signal'})`));
      }
    });
  });
}
