import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { AppError, isAppError } from '../../domain/errors';
import type { AssetWriter, NewAsset, ObjectStore } from '../../domain/storage';
import type { Asset } from '../../domain/task/task';
import { sniffType } from './content-type';
import { readFilm } from './film';
import { createGate, type Gate } from './gate';
import { preparePicture } from './picture';
import { collect, openSource, spool, tallied, type OpenedSource } from './source';

const MAX_PICTURE_BYTES = 64 * 1024 * 1024;
const MAX_FILE_BYTES = 2 * 1024 * 1024 * 1024;
const FFMPEGS_AT_ONCE = 2;

/** What was found out about a file and where it lies now. */
type Kept = Pick<Asset, 'kind' | 'contentType' | 'width' | 'height' | 'durationS' | 'bytes' | 'sha256' | 'thumbnailKey'>;

interface Keys {
  readonly key: string;
  readonly thumbnailKey: string;
}

/** Makes assets on top of an object store. */
export function createAssetWriter(objects: ObjectStore): AssetWriter {
  // The process has other work: one thread a picture, and no cache of pictures that nobody asks for twice.
  sharp.concurrency(1);
  sharp.cache(false);
  const ffmpegs = createGate(FFMPEGS_AT_ONCE);

  return {
    async write(file) {
      const keys = keysOf(file);
      try {
        const source = await openSource(objects, file.source);
        const kept = await keep(objects, file, keys, source, ffmpegs);
        const { id, teamId, taskId, index, revisedPrompt } = file;
        return { id, teamId, taskId, index, key: keys.key, revisedPrompt, createdAt: new Date(), ...kept };
      } catch (error) {
        throw isAppError(error) && error.code === 'invalid_image' ? error : storingFailed(error);
      }
    },
  };
}

async function keep(objects: ObjectStore, file: NewAsset, keys: Keys, source: OpenedSource, ffmpegs: Gate): Promise<Kept> {
  const { kind, contentType } = sniffType(source.head);
  if (file.expect !== 'any' && file.expect !== kind) {
    await abandon(source);
    const wanted = file.expect === 'image' ? 'a PNG, JPEG, WebP, GIF or AVIF picture' : 'an MP4, QuickTime, WebM or Matroska film';
    throw new AppError('invalid_image', `The file is not ${wanted}.`);
  }
  switch (kind) {
    case 'image':
      return keepPicture(objects, file, keys, source);
    case 'video':
      return keepFilm(objects, keys, source, ffmpegs);
    case 'other':
      return keepOther(objects, keys, source, contentType);
  }
}

async function keepPicture(objects: ObjectStore, file: NewAsset, keys: Keys, source: OpenedSource): Promise<Kept> {
  const picture = await preparePicture(await collect(source.body, MAX_PICTURE_BYTES), file);
  await Promise.all([
    objects.put(keys.key, picture.bytes, picture.contentType),
    objects.put(keys.thumbnailKey, picture.thumbnail, 'image/webp'),
  ]);
  return {
    kind: 'image',
    contentType: picture.contentType,
    width: picture.width,
    height: picture.height,
    durationS: null,
    bytes: picture.bytes.byteLength,
    sha256: createHash('sha256').update(picture.bytes).digest('hex'),
    thumbnailKey: keys.thumbnailKey,
  };
}

/** Films go over the disk: they may be large, and their index may be at the end. */
async function keepFilm(objects: ObjectStore, keys: Keys, source: OpenedSource, ffmpegs: Gate): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-film-'));
  try {
    const path = join(folder, 'film');
    const tally = await spool(source.body, MAX_FILE_BYTES, path);
    const { thumbnail, ...film } = await readFilm(path, folder, ffmpegs);
    await objects.putStream(keys.key, createReadStream(path) as AsyncIterable<Uint8Array>, film.contentType);
    if (thumbnail !== null) {
      await objects.put(keys.thumbnailKey, thumbnail, 'image/webp');
    }
    return { kind: 'video', ...film, ...tally, thumbnailKey: thumbnail === null ? null : keys.thumbnailKey };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function keepOther(objects: ObjectStore, keys: Keys, source: OpenedSource, contentType: string): Promise<Kept> {
  const tally = { bytes: 0, sha256: '' };
  await objects.putStream(keys.key, tallied(source.body, MAX_FILE_BYTES, tally), contentType);
  return { kind: 'other', contentType, width: null, height: null, durationS: null, ...tally, thumbnailKey: null };
}

function keysOf(file: NewAsset): Keys {
  const folder = `teams/${file.teamId}`;
  return { key: `${folder}/assets/${file.id}`, thumbnailKey: `${folder}/thumbnails/${file.id}.webp` };
}

/** Ends a body that nobody reads, so that its connection is free again. */
async function abandon(source: OpenedSource): Promise<void> {
  const iterator = source.body[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.return?.();
}

function storingFailed(error: unknown): AppError {
  const reason = isAppError(error) ? error.message : 'The file could not be written.';
  return new AppError('asset_storage_failed', `The result could not be stored: ${reason}`, {}, error);
}
