import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path as ffmpeg } from '@ffmpeg-installer/ffmpeg';
import sharp from 'sharp';

/** A plain grey image. */
export function greyImage(format: 'png' | 'jpeg' | 'webp' | 'gif' | 'avif', width = 640, height = 360): Promise<Buffer> {
  const image = sharp({ create: { width, height, channels: 3, background: '#808080' } });
  return image.toFormat(format).toBuffer();
}

/** An image that does not compress, so that its file is large and can be cut in the middle of the pixels. */
export function noisyImage(format: 'png' | 'jpeg' | 'webp'): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const image = sharp({ create: { width: 300, height: 200, channels: 3, background: '#000', noise } });
  return image.toFormat(format).toBuffer();
}

/** Two seconds of a test pattern, 320 x 180. */
export function testVideo(extension: 'mp4' | 'webm' | 'mov', args: readonly string[] = []): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-media-'));
  try {
    const file = join(folder, `video.${extension}`);
    const codec = extension === 'webm' ? ['-c:v', 'libvpx'] : ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
    const source = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=2'];
    const made = spawnSync(ffmpeg, ['-v', 'error', ...source, ...codec, ...args, file]);
    if (made.status !== 0) throw new Error(made.stderr.toString());
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
