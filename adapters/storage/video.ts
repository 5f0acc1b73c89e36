import { AppError, isAppError } from '../../domain/errors';
import { firstFrame } from './ffmpeg';
import type { Limit } from '../../lib/parallel';
import { makeThumbnail } from './image';

/** What is known of a video once its container was read. */
export interface Video {
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  /** Seconds, to the millisecond; null when the container does not tell. */
  readonly durationS: number | null;
  /** A WebP of the first frame; null when none could be made. */
  readonly thumbnail: Uint8Array | null;
}

interface Container {
  readonly contentType: string;
  readonly ffmpegName: string;
}

/**
 * Reads a video's container: size as shown, duration, first frame.
 * @param file - path of the video
 * @param folder - a private folder for temporary files
 * @param ffmpegs - how many ffmpeg processes may run at once
 * @throws AppError `invalid_image` when there is no video in it
 */
export async function readVideo(file: string, folder: string, ffmpegs: Limit): Promise<Video> {
  // An ES module; loaded when the first video comes.
  const { FilePathSource, Input, MATROSKA, MP4, QTFF, WEBM } = await import('mediabunny');
  const containers = new Map<unknown, Container>([
    [MP4, { contentType: 'video/mp4', ffmpegName: 'mp4' }],
    [QTFF, { contentType: 'video/quicktime', ffmpegName: 'mov' }],
    [WEBM, { contentType: 'video/webm', ffmpegName: 'matroska' }],
    [MATROSKA, { contentType: 'video/x-matroska', ffmpegName: 'matroska' }],
  ]);
  const input = new Input({ source: new FilePathSource(file), formats: [MP4, QTFF, WEBM, MATROSKA] });
  try {
    const container = containers.get(await input.getFormat());
    const track = await input.getPrimaryVideoTrack();
    if (container === undefined || track === null) {
      throw new AppError('invalid_image', 'The file contains no video.');
    }
    const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
    const seconds = await track.computeDuration();
    const durationS = Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1000) / 1000 : null;
    const thumbnail = await thumbnailOf(() => ffmpegs(() => firstFrame(file, container.ffmpegName, folder)));
    return { contentType: container.contentType, width, height, durationS, thumbnail };
  } catch (error) {
    throw isAppError(error) ? error : new AppError('invalid_image', 'The video cannot be read: it is broken or cut off.', {}, error);
  } finally {
    input.dispose();
  }
}

/** A video without a thumbnail is a video all the same. */
async function thumbnailOf(frame: () => Promise<Uint8Array>): Promise<Uint8Array | null> {
  try {
    return await makeThumbnail(await frame());
  } catch {
    return null;
  }
}
