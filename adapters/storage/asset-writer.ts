import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, isAppError } from '../../domain/errors';
import type { AssetWriter, NewAsset, ObjectStore } from '../../domain/storage';
import type { Asset } from '../../domain/task/task';
import { firstWords, nameOfNoMedium, resultType, sniffType, type SniffedType } from './content-type';
import { createLimit, type Limit } from '../../lib/parallel';
import { prepareImage } from './image';
import { abandon, hold, openSource, spool, tallied, tooLarge, type OpenedSource, type Tally } from './source';
import { readDuration } from './sound';
import { readVideo } from './video';
import { watermarkOverlay } from './watermark';

const MAX_IMAGE_BYTES = 64 * 1024 * 1024;
const MAX_FILE_BYTES = 2 * 1024 * 1024 * 1024;
const FFMPEGS_AT_ONCE = 2;
/** Bytes of images that a process holds at once; the next ones wait. */
const IMAGE_BYTES_AT_ONCE = 192 * 1024 * 1024;
/** Of something that is no medium, so much is told. */
const MOST_WORDS = 160;

/** What was found out about a file and where it lies now. */
type Kept = Pick<Asset, 'kind' | 'contentType' | 'width' | 'height' | 'durationS' | 'bytes' | 'sha256' | 'thumbnailKey'> & {
  readonly notice?: string;
  readonly content?: Uint8Array;
};

/** What the files are written with. */
interface Means {
  readonly objects: ObjectStore;
  readonly ffmpegs: Limit;
  readonly imageBytes: Limit;
}

interface Keys {
  readonly key: string;
  readonly thumbnailKey: string;
}

/** Makes assets on top of an object store. */
export function createAssetWriter(objects: ObjectStore): AssetWriter {
  const means: Means = { objects, ffmpegs: createLimit(FFMPEGS_AT_ONCE), imageBytes: createLimit(IMAGE_BYTES_AT_ONCE) };

  return {
    async write(file) {
      const keys = keysOf(file);
      try {
        const source = await openSource(objects, file.source);
        const kept = file.expect === 'result' ? await keepResult(means, file, keys, source) : await keepInput(means, file, keys, source);
        const { id, teamId, taskId, index, revisedPrompt } = file;
        return { id, teamId, taskId, index, key: keys.key, revisedPrompt, createdAt: new Date(), ...kept };
      } catch (error) {
        const isForCaller =
          isAppError(error) && (error.code === 'provider_bad_response' || (error.code === 'invalid_image' && file.expect !== 'result'));
        throw isForCaller ? error : storingFailed(error);
      }
    },
  };
}

const WANTED = {
  image: 'a PNG, JPEG, WebP, GIF or AVIF image',
  video: 'an MP4, QuickTime, WebM or Matroska video',
  medium: 'an image (PNG, JPEG, WebP, GIF, AVIF), a video (MP4, QuickTime, WebM, Matroska) or a sound',
} as const;

/** An input is what it should be, or it is refused. */
async function keepInput(means: Means, file: NewAsset, keys: Keys, source: OpenedSource): Promise<Kept> {
  const type = sniffType(source.head);
  const isWanted = file.expect === 'any' || (file.expect === 'medium' ? type.kind !== 'other' : file.expect === type.kind);
  if (!isWanted) {
    await abandon(source);
    throw new AppError(
      'invalid_image',
      `The file is not ${file.expect === 'image' || file.expect === 'video' ? WANTED[file.expect] : WANTED.medium}.`,
    );
  }
  return keepAs(type, means, file, keys, source);
}

/** A result is paid: it is kept as it came, unless it is surely no medium. */
async function keepResult(means: Means, file: NewAsset, keys: Keys, source: OpenedSource): Promise<Kept> {
  const noMedium = nameOfNoMedium(source.head);
  if (noMedium !== null) {
    await abandon(source);
    throw notAMedium(noMedium, source);
  }
  return keepAs(resultType(source.head, source.declared), means, file, keys, source);
}

function keepAs(type: SniffedType, means: Means, file: NewAsset, keys: Keys, source: OpenedSource): Promise<Kept> {
  switch (type.kind) {
    case 'image':
      return means.imageBytes(() => keepImage(type, means, file, keys, source), Math.min(source.sizeBytes, MAX_IMAGE_BYTES));
    case 'video':
      return keepVideo(type, means, file, keys, source);
    case 'audio':
      return keepSound(type, means, file, keys, source);
    case 'other':
      return keepAsItCame(type, means, file, keys, source.body);
  }
}

async function keepImage(type: SniffedType, means: Means, file: NewAsset, keys: Keys, source: OpenedSource): Promise<Kept> {
  const held = await hold(source.body, MAX_IMAGE_BYTES);
  if (!held.isWhole) {
    if (file.expect === 'result') return keepAsItCame(type, means, file, keys, held.body);
    await held.body[Symbol.asyncIterator]().return?.();
    throw tooLarge(MAX_IMAGE_BYTES);
  }
  const image = await unlessResult(file, () => prepareImage(held.bytes, file));
  if (image === null) return keepAsItCame(type, means, file, keys, [held.bytes]);
  await means.objects.put(keys.key, image.bytes, image.contentType);
  return {
    kind: 'image',
    contentType: image.contentType,
    width: image.width,
    height: image.height,
    durationS: null,
    bytes: image.bytes.byteLength,
    sha256: createHash('sha256').update(image.bytes).digest('hex'),
    thumbnailKey: keys.key,
    ...(file.expect === 'result' ? { content: image.bytes } : {}),
  };
}

/** Videos go over the disk: they may be large, and their index may be at the end. */
async function keepVideo(type: SniffedType, means: Means, file: NewAsset, keys: Keys, source: OpenedSource): Promise<Kept> {
  const { objects, ffmpegs } = means;
  const folder = await mkdtemp(join(tmpdir(), 'atelier-video-'));
  try {
    const path = join(folder, 'video');
    const tally = await spool(source.body, MAX_FILE_BYTES, path);
    const video = await unlessResult(file, () => readVideo(path, folder, ffmpegs));
    const body = createReadStream(path) as AsyncIterable<Uint8Array>;
    // A sound in the container of a video has a length too.
    if (video === null) return { ...(await keepAsItCame(type, means, file, keys, body)), ...tally, durationS: await readDuration(path) };
    const { thumbnail, ...facts } = video;
    await objects.putStream(keys.key, body, facts.contentType);
    if (thumbnail !== null) await objects.put(keys.thumbnailKey, thumbnail, 'image/webp');
    const kept: Kept = { kind: 'video', ...facts, ...tally, thumbnailKey: thumbnail === null ? null : keys.thumbnailKey };
    return withNotice(kept, unfulfilled(file, 'video', 'which is done to images only'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Sound goes over the disk, as its length may be known at its end only. */
async function keepSound(type: SniffedType, means: Means, file: NewAsset, keys: Keys, source: OpenedSource): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-sound-'));
  try {
    const path = join(folder, 'sound');
    const tally = await spool(source.body, MAX_FILE_BYTES, path);
    const durationS = await readDuration(path);
    const body = createReadStream(path) as AsyncIterable<Uint8Array>;
    return { ...(await keepAsItCame(type, means, file, keys, body)), ...tally, durationS };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Bytes as they are, with nothing known but their type, size and checksum. */
async function keepAsItCame(
  { kind, contentType }: SniffedType,
  { objects }: Means,
  file: NewAsset,
  keys: Keys,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Kept> {
  const tally: Tally = { bytes: 0, sha256: '' };
  await objects.putStream(keys.key, tallied(body, MAX_FILE_BYTES, tally), contentType);
  const kept: Kept = { kind, contentType, width: null, height: null, durationS: null, ...tally, thumbnailKey: null };
  return withNotice(kept, unfulfilled(file, kind, 'as its content cannot be read'));
}

function withNotice(kept: Kept, notice: string | null): Kept {
  return notice === null ? kept : { ...kept, notice };
}

/** Reads a file's inside. Null: it cannot be read, which does not matter in a result. */
async function unlessResult<T>(file: NewAsset, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (file.expect === 'result' && isAppError(error) && error.code === 'invalid_image') return null;
    throw error;
  }
}

/** The wishes that a file kept as it came leaves open; null: there are none. */
function unfulfilled({ expect, format, watermark }: NewAsset, kind: SniffedType['kind'], reason: string): string | null {
  if (expect !== 'result') return null;
  const isMarked = watermark !== null && watermarkOverlay(watermark, 100, 100) !== null;
  const wishes = [...(format === null ? [] : [`it was not converted to ${format}`]), ...(isMarked ? ['no watermark was drawn on it'] : [])];
  if (wishes.length === 0) return null;
  return `The ${kind === 'other' ? 'file' : kind} is kept as the provider delivered it: ${wishes.join(' and ')}, ${reason}.`;
}

function notAMedium(what: string, { head, sizeBytes, declared }: OpenedSource): AppError {
  const words = firstWords(head, MOST_WORDS);
  const type = declared === null || declared === 'application/octet-stream' ? '' : `, declared as ${declared.slice(0, 100)}`;
  const told = words === '' ? '' : ` It begins: ${words}`;
  const size = sizeBytes === 0 || !Number.isFinite(sizeBytes) ? '' : ` (${String(sizeBytes)} bytes${type})`;
  return new AppError('provider_bad_response', `The provider delivered ${what}${size} in place of a result.${told}`, {
    isPermanent: true,
    ...(words === '' ? {} : { providerMessage: words }),
  });
}

function keysOf(file: NewAsset): Keys {
  const folder = `teams/${file.teamId}`;
  return { key: `${folder}/assets/${file.id}`, thumbnailKey: `${folder}/thumbnails/${file.id}.webp` };
}

function storingFailed(error: unknown): AppError {
  const isGone = isAppError(error) && error.code === 'not_found';
  const reason = isGone ? 'Its bytes no longer exist.' : isAppError(error) ? error.message : 'The file could not be written.';
  const isPermanent = isGone || (isAppError(error) && error.facts.isPermanent === true);
  return new AppError('asset_storage_failed', `The result could not be stored: ${reason}`, isPermanent ? { isPermanent } : {}, error);
}
