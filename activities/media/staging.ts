import { AppError, isAppError, toAppError } from '../../domain/errors';
import type { JobRef, MediaProvider, MediaResult, ProviderOutput } from '../../domain/provider/provider';
import type { Delivered, StagedOutput, Task } from '../../domain/task/task';
import { keepTrying } from '../keep-trying';
import { timeoutSignal, type MediaDeps } from './deps';

/** Results larger than this are refused. */
const MAX_RESULT_BYTES = 2 * 1024 ** 3;
const FETCH_TIMEOUT_MS = 10 * 60_000;
/** How long a delivered result waits in memory for S3 and then Postgres. */
const PATIENCE_MS = 120_000;

/** The object key of a delivered file on its way to becoming an asset. */
export function stagingKey(taskId: string, n: number, index: number): string {
  return `staging/${taskId}/${String(n)}/${String(index)}`;
}

/** True for files that this task staged, false for those that it took up from another. */
export function isStagedBy(taskId: string, key: string): boolean {
  return key.startsWith(`staging/${taskId}/`);
}

/**
 * Writes down what a provider delivered, at once: bytes go to S3 (to the database's spool when S3 is away), links and references
 * are kept as they are and copied by `copyOutside`. From here on no second call is needed, whatever happens.
 */
export async function keepDelivered(deps: MediaDeps, task: Task, n: number, result: MediaResult): Promise<Delivered> {
  const outputs: StagedOutput[] = [];
  for (const [index, output] of result.outputs.entries()) outputs.push(await stage(deps, task.id, n, index, output));
  const delivered: Delivered = { outputs, usage: result.usage, reportedMicroUsd: result.reportedMicroUsd?.toString() ?? null };
  await keepTrying(() => deps.tasks.recordDelivered(task.id, n, delivered), PATIENCE_MS);
  return delivered;
}

async function stage(deps: MediaDeps, taskId: string, n: number, index: number, output: ProviderOutput): Promise<StagedOutput> {
  if (output.from !== 'bytes') return output;
  const key = stagingKey(taskId, n, index);
  try {
    await deps.objects.put(key, output.bytes, 'application/octet-stream');
    return { from: 'staged', key, revisedPrompt: output.revisedPrompt };
  } catch (error) {
    deps.logger.warn({ err: error, task_id: taskId }, 'S3 refused a delivered result; it is kept in the database for now');
    await keepTrying(() => deps.spool.put(key, output.bytes), PATIENCE_MS);
    return { from: 'spooled', key, revisedPrompt: output.revisedPrompt };
  }
}

function isInside(output: StagedOutput): output is Extract<StagedOutput, { from: 'stored' | 'staged' }> {
  return output.from === 'stored' || output.from === 'staged';
}

/** Copies what is still outside (links, references, the spool) to S3, since provider links die within hours. */
export async function copyOutside(
  deps: MediaDeps,
  task: Task,
  n: number,
  delivered: Delivered,
  source: { readonly media: MediaProvider; readonly job: JobRef } | null,
): Promise<Delivered> {
  if (delivered.outputs.every(isInside)) return delivered;
  const outputs: StagedOutput[] = [];
  for (const [index, output] of delivered.outputs.entries()) {
    if (isInside(output)) {
      outputs.push(output);
      continue;
    }
    // Bytes of the spool keep their name: another run that takes them up finds them in S3.
    const key = output.from === 'spooled' ? output.key : stagingKey(task.id, n, index);
    if (output.from === 'spooled') await unspool(deps, key);
    else await deps.objects.putStream(key, await openOutside(deps, output, source), 'application/octet-stream');
    outputs.push({ from: 'staged', key, revisedPrompt: output.revisedPrompt });
  }
  const staged = { ...delivered, outputs };
  await deps.tasks.recordDelivered(task.id, n, staged);
  for (const output of delivered.outputs) if (output.from === 'spooled') await deps.spool.remove(output.key);
  return staged;
}

async function unspool(deps: MediaDeps, key: string): Promise<void> {
  try {
    await deps.objects.put(key, await deps.spool.get(key), 'application/octet-stream');
  } catch (error) {
    const isMoved = isAppError(error) && error.code === 'not_found' && (await deps.objects.exists(key));
    if (!isMoved) throw error;
  }
}

async function openOutside(
  deps: MediaDeps,
  output: Extract<StagedOutput, { from: 'url' | 'provider' }>,
  source: { readonly media: MediaProvider; readonly job: JobRef } | null,
): Promise<AsyncIterable<Uint8Array>> {
  if (output.from === 'url') {
    try {
      const answer = await deps.egress.fetch(output.url, { maxBytes: MAX_RESULT_BYTES, timeoutMs: FETCH_TIMEOUT_MS });
      return answer.body;
    } catch (error) {
      throw new AppError(
        'asset_storage_failed',
        'The link that the provider gave for its result could not be read.',
        {},
        toAppError(error),
      );
    }
  }
  if (source === null) throw new AppError('asset_storage_failed', 'The provider that holds the result is not configured any more.');
  const opened = await source.media.open({ ...source.job, signal: timeoutSignal(FETCH_TIMEOUT_MS) }, output.ref);
  return capped(opened.body);
}

async function* capped(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_RESULT_BYTES) throw new AppError('asset_storage_failed', 'The provider sent a result of more than 2 GiB.');
    yield chunk;
  }
}
