import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { path as ffmpeg } from '@ffmpeg-installer/ffmpeg';

const run = promisify(execFile);

/** Decodes every frame of a video. @throws what ffmpeg says when it cannot be played to its end */
export async function framesOf(file: string): Promise<number> {
  const { stderr } = await run(ffmpeg, ['-v', 'error', '-stats', '-xerror', '-i', file, '-map', '0:v', '-f', 'null', '-']);
  return Number(/frame=\s*(\d+)/.exec(stderr)?.[1] ?? 0);
}
