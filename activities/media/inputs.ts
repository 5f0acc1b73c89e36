import { AppError } from '../../domain/errors';
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
const FETCH_TIMEOUT_MS = 60_000;
/** How long a purchase whose intent is written waits for Postgres or S3: given up, it would end as one whose outcome is unknown. */
const PATIENCE_MS = 60_000;

/** The files a request brings, ready for the provider. @throws AppError `input_fetch_failed`, `invalid_url`, `not_found` */
export async function loadInputs(deps: MediaDeps, task: MediaTask): Promise<{ images: MediaFile[]; video: MediaFile | null }> {
  const images = await Promise.all(task.input.images.map((image, index) => loadImage(deps, task, image, index)));
  const video =
    task.input.video === undefined
      ? null
      : await loadFile(deps, task, task.input.video, { role: 'video', name: INPUT_VIDEO_NAME, maxBytes: MAX_VIDEO_BYTES });
  return { images, video };
}

function loadImage(deps: MediaDeps, task: MediaTask, image: InputImage, index: number): Promise<MediaFile> {
  return loadFile(deps, task, image.source, { role: image.role, name: inputImageName(index), maxBytes: MAX_IMAGE_BYTES });
}

function loadFile(deps: MediaDeps, task: MediaTask, source: MediaSource, options: FileOptions): Promise<MediaFile> {
  return keepTrying(async () => assetFile(deps, await findAsset(deps, task, source, options), options), PATIENCE_MS);
}

interface FileOptions {
  readonly role: string;
  readonly name: string;
  readonly maxBytes: number;
}

async function findAsset(deps: MediaDeps, task: MediaTask, source: MediaSource, options: FileOptions): Promise<Asset> {
  if (!('assetId' in source)) return fetchInput(deps, task, source.url, options);
  const asset = await deps.assets.get(source.assetId, task.teamId);
  if (asset === null) throw new AppError('not_found', `The input ${source.assetId} does not exist any more.`);
  assertAssetKept(asset);
  return asset;
}

/** Fetched inputs become assets of the team, so that neither a retry nor a replay needs the link again. */
async function fetchInput(deps: MediaDeps, task: MediaTask, url: string, options: FileOptions): Promise<Asset> {
  const id = fetchedInputId(task.id, options.name);
  const known = await deps.assets.get(id, task.teamId);
  if (known !== null) return known;
  const answer = await deps.egress.fetch(url, { maxBytes: options.maxBytes, timeoutMs: FETCH_TIMEOUT_MS });
  const key = `staging/${task.id}/${options.name}`;
  await deps.objects.putStream(key, answer.body, 'application/octet-stream');
  const expect = options.role === 'video' ? 'video' : 'image';
  const asset = await deps.assetWriter.write({
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
    read: () => keepTrying(() => deps.objects.read(asset.key), PATIENCE_MS),
  };
}
