import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A blue PNG of 16 by 16 pixels. */
export const FAKE_PNG_BASE64 =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAMAAAAoLQ9TAAAAA1BMVEUzZswgIiSpAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADklEQVQYlWNgGAUMSAAAARAAAVGhZwQAAAAASUVORK5CYII=';

/** One second of H.264, 64 by 36 pixels, made with ffmpeg's test image. */
export const FAKE_MP4 = readFileSync(join(__dirname, '../../lab/video.mp4'));
