import { AppError, isAppError, toAppError } from '../../domain/errors';
import type { Asset, StagedOutput } from '../../domain/task';
import { attemptOf, loadMediaTask, mediaProvider, type MediaDeps, type MediaTask } from './deps';
import { jobOf, type AttemptRef } from './poll';
import { copyOutside, isStagedBy } from './staging';

/** Words drawn on a picture when `watermark` is just `true`. */
const DEFAULT_WATERMARK = 'AI generated';

/**
 * Makes assets of what was delivered: from the staged files, with the type sniffed, checksum, size and thumbnail. The same ids and
 * keys each time, so a repeat overwrites itself.
 * @throws AppError `asset_storage_failed` (also for a result that is no picture or film)
 */
export async function storeAssets(deps: MediaDeps, ref: AttemptRef): Promise<void> {
  const task = await loadMediaTask(deps, ref.taskId);
  const attempt = attemptOf(task, ref.n);
  if (attempt.delivered === null) throw new AppError('asset_storage_failed', 'There is no delivered result to store.');
  await deps.tasks.setProgress(task.id, 'storing', 0.92);
  const source = sourceOf(deps, task, attempt.provider, attempt.model, attempt.upstreamId);
  const delivered = await copyOutside(deps, task, ref.n, attempt.delivered, source);
  const drawsWatermark = source?.drawsWatermark ?? false;
  const assets: Asset[] = [];
  for (const [index, output] of delivered.outputs.entries()) assets.push(await storeOne(deps, task, output, index, drawsWatermark));
  await deps.assets.insert(assets);
}

async function storeOne(deps: MediaDeps, task: MediaTask, output: StagedOutput, index: number, drawsWatermark: boolean): Promise<Asset> {
  if (output.from !== 'staged') throw new AppError('asset_storage_failed', 'A delivered result is not staged.');
  const { watermark, format, compression } = task.input.output;
  const wanted =
    watermark === undefined || watermark === false || drawsWatermark ? null : watermark === true ? DEFAULT_WATERMARK : watermark;
  try {
    return await deps.assetWriter.write({
      id: outputAssetId(task.id, index),
      teamId: task.teamId,
      taskId: task.id,
      index,
      expect: task.input.operation,
      source: { stagedKey: output.key },
      revisedPrompt: output.revisedPrompt,
      watermark: wanted,
      format: task.input.operation === 'image' ? (format ?? null) : null,
      compression: compression ?? null,
    });
  } catch (error) {
    if (isAppError(error) && error.code === 'invalid_image') {
      throw new AppError('asset_storage_failed', 'The provider delivered something that is neither a picture nor a film.', {}, error);
    }
    throw toAppError(error);
  }
}

/** The id of a task's output: the same for every try. */
function outputAssetId(taskId: string, index: number): string {
  const hex = taskId.slice('task_'.length);
  return index === 0 ? `asset_${hex}` : `asset_${hex}_${String(index)}`;
}

function sourceOf(deps: MediaDeps, task: MediaTask, providerName: string, model: string, upstreamId: string | null) {
  try {
    const { media, drawsWatermark } = mediaProvider(deps, providerName);
    return { media, drawsWatermark, job: jobOf(task, model, upstreamId ?? '') };
  } catch {
    // The provider was taken out of the configuration since; staged files do not need it.
    return null;
  }
}

/** Removes the staged files of a finished task; those that a replay took up stay with the task that bought them. */
export async function dropStaged(deps: MediaDeps, task: MediaTask, outputs: readonly StagedOutput[]): Promise<void> {
  try {
    for (const output of outputs) if (output.from === 'staged' && isStagedBy(task.id, output.key)) await deps.objects.delete(output.key);
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'staged files could not be removed');
  }
}
