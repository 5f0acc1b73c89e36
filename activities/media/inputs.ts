import { AppError, isAppError, isServiceAway, toAppError } from '../../domain/errors';
import { extensionOf } from '../../domain/file-name';
import type { InputImage, MediaSource } from '../../domain/task/generation';
import type { MediaFile } from '../../domain/provider/provider';
import { fetchedInputId, INPUT_VIDEO_NAME, inputImageName } from '../../domain/task/replay';
import { assertAssetKept } from '../../domain/task/retention';
import type { Asset } from '../../domain/task/task';
import { keepTrying } from '../keep-trying';
import type { MediaDeps, MediaTask } from './deps';

const MAX_IMAGE_BYTES = 50 * 1024 ** 2;
const MAX_VIDEO_BYTES = 512 * 1024 ** 2;
/** Adapters put no more into one JSON request. */
const MOST_HELD_BYTES = 48 * 1024 ** 2;
const FETCH_TIMEOUT_MS = 60_000;
/** How long a purchase whose intent is written waits for Postgres or S3: given up, it would end as one whose outcome is unknown. */
const PATIENCE_MS = 60_000;
/** How often the reading of one file may break off. */
const MOST_BREAKS = 5;

/** Whose files they are. */
type InputOwner = Pick<MediaTask, 'id' | 'teamId' | 'input'>;

/** The files a request brings, ready for the provider. @throws AppError `input_fetch_failed`, `invalid_url`, `not_found` */
export async function loadInputs(deps: MediaDeps, task: MediaTask): Promise<{ images: MediaFile[]; video: MediaFile | null }> {
  const images = await Promise.all(task.input.images.map((image, index) => loadImage(deps, task, image, index)));
  const video =
    task.input.video === undefined
      ? null
      : await loadFile(deps, task, task.input.video, { role: 'video', name: INPUT_VIDEO_NAME, maxBytes: MAX_VIDEO_BYTES });
  return { images, video };
}

/**
 * What the files of a request will make this process hold, known before anything is bought: links are fetched now. A file that cannot be had is
 * the failure of the attempt, which has not begun.
 */
export async function measureInputs(deps: MediaDeps, task: InputOwner): Promise<Measured> {
  const { input } = task;
  const files = [
    ...input.images.map(({ source, role }, index) => ({ source, role, name: inputImageName(index), maxBytes: MAX_IMAGE_BYTES })),
    ...(input.video === undefined ? [] : [{ source: input.video, role: 'video', name: INPUT_VIDEO_NAME, maxBytes: MAX_VIDEO_BYTES }]),
  ];
  try {
    const found = await Promise.all(files.map(({ source, ...options }) => findAsset(deps, task, source, options)));
    return { bytes: heldFor(found), failure: null };
  } catch (error) {
    return { bytes: 0, failure: isServiceAway(error) ? null : toAppError(error) };
  }
}

/** What files of so many bytes make a process hold: what is larger is streamed, or refused by the adapters. */
export function heldFor(files: readonly { readonly bytes: number }[]): number {
  return Math.min(
    MOST_HELD_BYTES,
    files.reduce((sum, { bytes }) => sum + bytes, 0),
  );
}

export interface Measured {
  /** What the files will make this process hold. */
  readonly bytes: number;
  /** Why files cannot be had; null: they can, or S3 or Postgres is away. */
  readonly failure: AppError | null;
}

function loadImage(deps: MediaDeps, task: InputOwner, image: InputImage, index: number): Promise<MediaFile> {
  return loadFile(deps, task, image.source, { role: image.role, name: inputImageName(index), maxBytes: MAX_IMAGE_BYTES });
}

function loadFile(deps: MediaDeps, task: InputOwner, source: MediaSource, options: FileOptions): Promise<MediaFile> {
  return keepTrying(async () => {
    const asset = await findAsset(deps, task, source, options);
    // Known to be there before anything is bought: the bytes are read while the provider is called.
    if (!(await deps.objects.exists(asset.key))) throw new AppError('not_found', `The file of the input ${asset.id} no longer exists.`);
    return assetFile(deps, asset, options);
  }, PATIENCE_MS);
}

interface FileOptions {
  readonly role: string;
  readonly name: string;
  readonly maxBytes: number;
}

async function findAsset(deps: MediaDeps, task: InputOwner, source: MediaSource, options: FileOptions): Promise<Asset> {
  if (!('assetId' in source)) return fetchInput(deps, task, source.url, options);
  const asset = await deps.assets.get(source.assetId, task.teamId);
  if (asset === null) throw new AppError('not_found', `The input ${source.assetId} no longer exists.`);
  assertAssetKept(asset);
  return asset;
}

/** Fetched inputs become assets of the team, so that neither a retry nor a replay needs the link again. */
async function fetchInput(deps: MediaDeps, task: InputOwner, url: string, options: FileOptions): Promise<Asset> {
  const id = fetchedInputId(task.id, options.name);
  const known = await deps.assets.get(id, task.teamId);
  if (known !== null) return known;
  const answer = await deps.egress.fetch(url, { maxBytes: options.maxBytes, timeoutMs: FETCH_TIMEOUT_MS });
  const key = `staging/${task.id}/${options.name}`;
  await deps.objects.putStream(key, answer.body, 'application/octet-stream');
  const expect = options.role === 'video' ? 'video' : 'image';
  const written = await deps.assetWriter.write({
    id,
    teamId: task.teamId,
    taskId: null,
    index: null,
    expect,
    source: { stagedKey: key },
    revisedPrompt: null,
    watermark: null,
    format: null,
    compression: null,
  });
  const asset: Asset = options.role === 'mask' ? { ...written, purpose: 'mask' } : written;
  await deps.assets.insert([asset]);
  await deps.objects.delete(key);
  return asset;
}

function assetFile(deps: MediaDeps, asset: Asset, options: FileOptions): MediaFile {
  return {
    role: options.role,
    contentType: asset.contentType,
    filename: `${options.name}.${extensionOf(asset.contentType)}`,
    sizeBytes: asset.bytes,
    open: () => readAsset(deps, asset),
  };
}

/** The bytes of an asset; an object store that breaks off is asked for the rest. */
async function* readAsset({ objects }: Pick<MediaDeps, 'objects'>, { key, bytes }: Asset): AsyncGenerator<Uint8Array> {
  let handedOn = 0;
  for (let breaks = 0; ; breaks += 1) {
    const range = handedOn === 0 ? undefined : `bytes=${String(handedOn)}-`;
    const { body } = await keepTrying(() => objects.get(key, range), PATIENCE_MS);
    try {
      for await (const chunk of body) {
        handedOn += chunk.byteLength;
        yield chunk;
      }
      return;
    } catch (error) {
      if (handedOn >= bytes) return;
      if (breaks >= MOST_BREAKS || !isAppError(error) || error.code !== 'service_unavailable') throw error;
    }
  }
}
