import { AppError, isAppError, toAppError } from '../../domain/errors';
import type { MediaResult } from '../../domain/provider/provider';
import type { NewAsset } from '../../domain/storage';
import type { Asset, Delivered, StagedOutput } from '../../domain/task/task';
import { attemptOf, loadMediaTask, mediaProvider, type MediaDeps, type MediaTask } from './deps';
import { jobOf, type AttemptRef } from './job';
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

/**
 * Makes assets of bytes in hand, without staging them first: the short way of a provider that answers with the result.
 * @returns what to record as delivered; null when it did not work (S3 is away, no picture): the long way stages first and tries again
 */
export async function storeAtOnce(
  deps: MediaDeps,
  task: MediaTask,
  result: MediaResult,
  drawsWatermark: boolean,
): Promise<Delivered | null> {
  const files = result.outputs.flatMap((output) => (output.from === 'bytes' ? [output] : []));
  if (files.length !== result.outputs.length) return null;
  try {
    const assets: Asset[] = [];
    for (const [index, { bytes, revisedPrompt }] of files.entries()) {
      assets.push(await writeOutput(deps, task, { source: { bytes }, revisedPrompt, index, finish: finishOf(task, drawsWatermark) }));
    }
    await deps.assets.insert(assets);
    return {
      outputs: assets.map(({ key, revisedPrompt }) => ({ from: 'stored', key, revisedPrompt })),
      usage: result.usage,
      reportedMicroUsd: result.reportedMicroUsd?.toString() ?? null,
    };
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'a result could not be stored at once; it is staged and tried again');
    return null;
  }
}

/** What is done to a picture before it is kept. */
interface Finish {
  readonly watermark: string | null;
  readonly format: string | null;
  readonly compression: number | null;
}

const AS_IT_IS: Finish = { watermark: null, format: null, compression: null };

function finishOf({ input }: MediaTask, drawsWatermark: boolean): Finish {
  const { watermark, format, compression } = input.output;
  const words =
    watermark === undefined || watermark === false || drawsWatermark ? null : watermark === true ? DEFAULT_WATERMARK : watermark;
  return { watermark: words, format: input.operation === 'image' ? (format ?? null) : null, compression: compression ?? null };
}

async function storeOne(deps: MediaDeps, task: MediaTask, output: StagedOutput, index: number, drawsWatermark: boolean): Promise<Asset> {
  if (output.from !== 'staged' && output.from !== 'stored') throw new AppError('asset_storage_failed', 'A delivered result is not staged.');
  const known = output.from === 'stored' ? await deps.assets.get(outputAssetId(task.id, index), task.teamId) : null;
  if (known !== null) return known;
  // What another run had stored is finished already.
  const finish = output.from === 'stored' ? AS_IT_IS : finishOf(task, drawsWatermark);
  return writeOutput(deps, task, { source: { stagedKey: output.key }, revisedPrompt: output.revisedPrompt, index, finish });
}

interface OutputFile {
  readonly source: NewAsset['source'];
  readonly revisedPrompt: string | null;
  readonly index: number;
  readonly finish: Finish;
}

async function writeOutput(deps: MediaDeps, task: MediaTask, { source, revisedPrompt, index, finish }: OutputFile): Promise<Asset> {
  try {
    return await deps.assetWriter.write({
      id: outputAssetId(task.id, index),
      teamId: task.teamId,
      taskId: task.id,
      index,
      expect: task.input.operation,
      source,
      revisedPrompt,
      ...finish,
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
