import { AppError } from '../../domain/errors';
import type { Caller } from '../../domain/access/caller';
import type { NewAsset } from '../../domain/storage';
import type { ApiContext, Sourcing } from '../deps';
import { sourceOf } from '../tasks/input';
import type { NamedSource } from '../tasks/schema';
import { keepAsset } from '../uploads/keep-asset';

export type KeepingReferences = Sourcing & Pick<ApiContext, 'objects'>;

const MOST_BYTES = { image: 50 * 1024 ** 2, video: 512 * 1024 ** 2 } as const;
const FETCH_TIMEOUT_MS = 60_000;

/**
 * An image or video of a template as an asset that lives as long as the template: links are read now, and results of tasks are copied, since
 * they end with their task.
 * @throws AppError naming the field at fault
 */
export async function keepReference(
  context: KeepingReferences,
  caller: Caller,
  named: NamedSource,
  param: string,
  expect: 'image' | 'video' | 'any',
): Promise<string> {
  const source = await sourceOf(context, caller, named, param, expect === 'any' ? 'image' : expect);
  if (!('assetId' in source)) return fetchReference(context, caller, source.url, param, expect === 'video' ? 'video' : 'image');
  const asset = await context.assets.get(source.assetId, caller.teamId);
  if (asset === null) throw new AppError('not_found', `Invalid ${param}: there is no asset ${source.assetId}.`, { param });
  if (expect !== 'any' && asset.kind !== expect) {
    throw new AppError('invalid_value', `Invalid ${param}: the asset ${asset.id} is not ${expect === 'image' ? 'an image' : 'a video'}.`, {
      param,
    });
  }
  if (asset.taskId === null && asset.teamId === caller.teamId) return asset.id;
  return keepAsset(context, caller, { source: { stagedKey: asset.key }, expect: expect === 'any' ? 'any' : expect, param });
}

async function fetchReference(
  context: KeepingReferences,
  caller: Caller,
  url: string,
  param: string,
  expect: 'image' | 'video',
): Promise<string> {
  const stagedKey = `uploads/${context.newId('up')}/reference`;
  const answer = await context.egress.fetch(url, { maxBytes: MOST_BYTES[expect], timeoutMs: FETCH_TIMEOUT_MS });
  const source: NewAsset['source'] = { stagedKey };
  try {
    await context.objects.putStream(stagedKey, answer.body, 'application/octet-stream');
    return await keepAsset(context, caller, { source, expect, param });
  } finally {
    await context.objects.delete(stagedKey);
  }
}
