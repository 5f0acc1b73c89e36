import { AppError, toAppError } from '../../domain/errors';
import type { MediaResult } from '../../domain/provider/provider';
import type { NewAsset } from '../../domain/storage';
import { secretsOf } from '../../domain/provider/catalogue';
import { isOpen, missing, missingAmong } from '../../domain/task/outputs';
import type { Asset, Attempt, Delivered, StagedOutput } from '../../domain/task/task';
import { attemptOf, loadMediaTask, mediaProvider, type MediaDeps, type MediaTask } from './deps';
import { jobOf, type AttemptRef } from './job';
import { given } from '../../lib/given';
import { afterFailure, copyOutside, isStagedBy, openOutside, type Source } from './staging';

/** Words drawn on an image when `watermark` is just `true`. */
const DEFAULT_WATERMARK = 'AI generated';

/**
 * Makes assets of what was delivered, each output for itself: from the staged files, with the type sniffed, checksum, size and thumbnail. The
 * same ids and keys each time, so a repeat overwrites itself. What became of each output is written down.
 * @throws AppError `asset_storage_failed` when a repeat may store more; permanent when nothing was stored and no repeat can
 */
export async function storeAssets(deps: MediaDeps, ref: AttemptRef): Promise<void> {
  const task = await loadMediaTask(deps, ref.taskId);
  const attempt = attemptOf(task, ref.n);
  if (attempt.delivered === null)
    throw new AppError('asset_storage_failed', 'There is no delivered result to store.', { isPermanent: true });
  await deps.tasks.setProgress(task.id, 'storing', 0.92);
  const source = sourceOf(deps, task, attempt);
  const delivered = await copyOutside(deps, task, ref.n, attempt.delivered, source);
  const drawsWatermark = source?.drawsWatermark ?? false;
  const secrets = secretsOfProvider(deps, attempt.provider);
  const assets: Asset[] = [];
  const outputs: StagedOutput[] = [];
  for (const [index, output] of delivered.outputs.entries()) {
    const stored = await storeOne(deps, task, output, { index, drawsWatermark, secrets });
    outputs.push(stored.output);
    if (stored.asset === null) continue;
    assets.push(stored.asset);
    await show(deps, stored.asset, { done: outputs.length, of: delivered.outputs.length });
  }
  await deps.assets.insert(assets);
  await deps.tasks.recordDelivered(task.id, ref.n, { ...delivered, outputs });
  await dropStaged(
    deps,
    task,
    delivered.outputs.filter((_output, index) => outputs[index]?.from === 'stored'),
  );
  assertAllSettled(outputs);
}

function assertAllSettled(outputs: readonly StagedOutput[]): void {
  const open = outputs.find(isOpen);
  if (open !== undefined) throw new AppError('asset_storage_failed', open.trouble ?? 'An output could not be stored yet.');
  const [reason] = missingAmong(outputs);
  if (outputs.some((output) => output.from === 'stored') || reason === undefined) return;
  throw new AppError(reason.code, reason.message, { isPermanent: true });
}

/** Lets a stored output be seen while others of its task are still fetched. It is written down with them all the same. */
async function show(deps: MediaDeps, asset: Asset, { done, of }: { readonly done: number; readonly of: number }): Promise<void> {
  if (done === of || asset.taskId === null) return;
  try {
    await deps.assets.insert([asset]);
    await deps.tasks.setProgress(asset.taskId, 'storing', 0.92 + (0.07 * done) / of);
  } catch (error) {
    deps.logger.warn({ err: error, task_id: asset.taskId }, 'a stored output could not be shown before the others');
  }
}

/** What became of a result whose files are in the object store; the database has what is shown of it at most. */
export interface StoredResult {
  readonly delivered: Delivered;
  readonly assets: readonly Asset[];
  /** The bytes of each asset as they are kept, in the same order; null: they were not in hand. */
  readonly contents: readonly (Uint8Array | null)[];
}

/**
 * Makes assets of a result without staging it first: of bytes in hand, the short way of a provider that answers with the result.
 * @param from - `source`: where a job's outputs are fetched from, which can be asked for its result again; absent: what is not in hand is to be
 *   written down before it is fetched
 * @returns what to write down; null when it did not work (S3 is away): the long way stages first and tries again
 */
export async function storeAtOnce(
  deps: MediaDeps,
  task: MediaTask,
  result: MediaResult,
  { provider, drawsWatermark, source }: { readonly provider: string; readonly drawsWatermark: boolean; readonly source?: Source },
): Promise<StoredResult | null> {
  const isInHand = result.outputs.every((output) => output.from === 'bytes' || output.from === 'missing');
  if (!isInHand && source === undefined) return null;
  const assets: Asset[] = [];
  const contents: (Uint8Array | null)[] = [];
  const outputs: StagedOutput[] = [];
  try {
    for (const [index, output] of result.outputs.entries()) {
      if (output.from === 'missing') outputs.push(missing(output, false));
      if (output.from === 'missing') continue;
      const file = { revisedPrompt: output.revisedPrompt, index, finish: finishOf(task, drawsWatermark) };
      const stored = await writeFrom(deps, task, output, file, source ?? null).catch((error: unknown) =>
        lostOrThrown(error, secretsOfProvider(deps, provider)),
      );
      outputs.push(stored.output);
      if (stored.asset === null) continue;
      assets.push(stored.asset);
      contents.push(stored.content ?? null);
      // A job is known by its id, whatever becomes of this process. Bytes in hand are not, and are stored in no time.
      if (source !== undefined) await show(deps, stored.asset, { done: outputs.length, of: result.outputs.length });
    }
    const reportedMicroUsd = result.reportedMicroUsd?.toString() ?? null;
    return { delivered: { outputs, usage: result.usage, reportedMicroUsd }, assets, contents };
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'a result could not be stored; it is staged and will be retried');
    return null;
  }
}

async function writeFrom(
  deps: MediaDeps,
  task: MediaTask,
  output: Exclude<MediaResult['outputs'][number], { from: 'missing' }>,
  file: Omit<OutputFile, 'source'>,
  source: Source | null,
): Promise<StoredOne> {
  return write(deps, task, { ...file, source: output.from === 'bytes' ? output : await openOutside(deps, output, source) });
}

/** What a repeat cannot store either is missing from now on, and not fetched again. */
function lostOrThrown(error: unknown, secrets: readonly string[]): StoredOne {
  const output = afterFailure({ from: 'staged', key: '', revisedPrompt: null }, toAppError(error), secrets);
  if (isOpen(output)) throw error;
  return { output, asset: null };
}

function secretsOfProvider(deps: MediaDeps, name: string): readonly string[] {
  const provider = deps.catalogue().providers.get(name);
  return provider === undefined ? [] : secretsOf(provider);
}

/** What is done to an image before it is kept. */
interface Finish {
  readonly watermark: string | null;
  readonly format: string | null;
  readonly compression: number | null;
}

const AS_IT_IS: Finish = { watermark: null, format: null, compression: null };

function finishOf({ input }: MediaTask, drawsWatermark: boolean): Finish {
  const { watermark, format, compression } = input.output;
  const words = watermark === true ? (drawsWatermark ? null : DEFAULT_WATERMARK) : watermark === false ? null : (watermark ?? null);
  return { watermark: words, format: input.operation === 'image' ? (format ?? null) : null, compression: compression ?? null };
}

interface StoredOne {
  readonly output: StagedOutput;
  readonly asset: Asset | null;
  /** Its bytes, where they were in hand. */
  readonly content?: Uint8Array;
}

/** Stores one output; a failure is its own and stays with it. */
async function storeOne(
  deps: MediaDeps,
  task: MediaTask,
  output: StagedOutput,
  { index, drawsWatermark, secrets }: { readonly index: number; readonly drawsWatermark: boolean; readonly secrets: readonly string[] },
): Promise<StoredOne> {
  if (output.from !== 'staged' && output.from !== 'stored') return { output, asset: null };
  const known = output.from === 'stored' ? await deps.assets.get(outputAssetId(task.id, index), task.teamId) : null;
  if (known !== null) return { output, asset: known };
  // What another run had stored is finished already.
  const finish = output.from === 'stored' ? AS_IT_IS : finishOf(task, drawsWatermark);
  const taken: StagedOutput = { from: 'staged', key: output.key, revisedPrompt: output.revisedPrompt };
  try {
    return await write(deps, task, { source: { stagedKey: output.key }, revisedPrompt: output.revisedPrompt, index, finish });
  } catch (caught) {
    const error = toAppError(caught);
    deps.logger.warn({ err: error, task_id: task.id, index }, 'a delivered output could not be stored');
    return { output: afterFailure(taken, error, secrets), asset: null };
  }
}

interface OutputFile {
  readonly source: NewAsset['source'];
  readonly revisedPrompt: string | null;
  readonly index: number;
  readonly finish: Finish;
}

async function write(deps: MediaDeps, task: MediaTask, { source, revisedPrompt, index, finish }: OutputFile): Promise<StoredOne> {
  const { notice, content, ...asset } = await deps.assetWriter.write({
    id: outputAssetId(task.id, index),
    teamId: task.teamId,
    taskId: task.id,
    index,
    expect: 'result',
    source,
    revisedPrompt,
    ...finish,
  });
  return {
    output: { from: 'stored', key: asset.key, revisedPrompt, ...(notice === undefined ? {} : { notice }) },
    asset,
    ...given({ content }),
  };
}

/** The id of a task's output: the same for every try. */
function outputAssetId(taskId: string, index: number): string {
  const hex = taskId.slice('task_'.length);
  return index === 0 ? `asset_${hex}` : `asset_${hex}_${String(index)}`;
}

/** Where an attempt's results are fetched from; null: nowhere any more. */
export function sourceOf(deps: MediaDeps, task: MediaTask, attempt: Attempt) {
  try {
    const { media, drawsWatermark } = mediaProvider(deps, attempt);
    return { media, drawsWatermark, job: jobOf(task, attempt.model, attempt.upstreamId ?? '') };
  } catch {
    // The provider was taken out of the configuration since; staged files do not need it.
    return null;
  }
}

/** Removes the staged files of stored outputs; those that a replay took up stay with the task that bought them. */
async function dropStaged(deps: MediaDeps, task: MediaTask, outputs: readonly StagedOutput[]): Promise<void> {
  try {
    for (const output of outputs) if (output.from === 'staged' && isStagedBy(task.id, output.key)) await deps.objects.delete(output.key);
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'staged files could not be removed');
  }
}
