import { AppError, isAppError, toAppError, type ErrorCode } from '../../domain/errors';
import type { JobRef, MediaProvider, MediaResult, ProviderOutput } from '../../domain/provider/provider';
import { redact } from '../../domain/redact';
import { isOpen, missing } from '../../domain/task/outputs';
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
  if (output.from === 'missing') return missing(output, false);
  if (output.from !== 'bytes') return output;
  const key = stagingKey(taskId, n, index);
  try {
    await deps.objects.put(key, output.bytes, output.contentType);
    return { from: 'staged', key, revisedPrompt: output.revisedPrompt };
  } catch (error) {
    deps.logger.warn({ err: error, task_id: taskId }, 'S3 refused a delivered result; it is kept in the database for now');
    await keepTrying(() => deps.spool.put(key, output.bytes), PATIENCE_MS);
    return { from: 'spooled', key, revisedPrompt: output.revisedPrompt };
  }
}

/** As `copyOutside`, at once: provider links die. What cannot be copied now stays as it is, to be tried again where it is stored. */
export async function copyAtOnce(deps: MediaDeps, task: Task, n: number, delivered: Delivered, source: Source | null): Promise<Delivered> {
  try {
    return await copyOutside(deps, task, n, delivered, source);
  } catch (error) {
    deps.logger.warn({ err: error, task_id: task.id }, 'a delivered result could not be copied yet');
    return delivered;
  }
}

/** What is still at the provider, or in the spool. */
type OutsideOutput = Extract<StagedOutput, { from: 'spooled' | 'url' | 'provider' }>;
export type Source = { readonly media: MediaProvider; readonly job: JobRef };

function isOutside(output: StagedOutput): output is OutsideOutput {
  return isOpen(output) && output.from !== 'staged';
}

/**
 * Copies what is still outside (links, references, the spool) to S3, each output for itself, since provider links die within hours. One
 * that cannot be had any more becomes `missing`; one that cannot be had now stays as it is, with its `trouble`.
 */
export async function copyOutside(deps: MediaDeps, task: Task, n: number, delivered: Delivered, source: Source | null): Promise<Delivered> {
  if (!delivered.outputs.some(isOutside)) return delivered;
  const outputs: StagedOutput[] = [];
  for (const [index, output] of delivered.outputs.entries()) {
    outputs.push(isOutside(output) ? await copyOne(deps, task, n, index, output, source) : output);
  }
  const copied = { ...delivered, outputs };
  await deps.tasks.recordDelivered(task.id, n, copied);
  for (const [index, output] of delivered.outputs.entries()) {
    if (output.from === 'spooled' && outputs[index]?.from === 'staged') await deps.spool.remove(output.key);
  }
  return copied;
}

async function copyOne(
  deps: MediaDeps,
  task: Task,
  n: number,
  index: number,
  output: OutsideOutput,
  source: Source | null,
): Promise<StagedOutput> {
  // Bytes of the spool keep their name: another run that takes them up finds them in S3.
  const key = output.from === 'spooled' ? output.key : stagingKey(task.id, n, index);
  try {
    if (output.from === 'spooled') await unspool(deps, key);
    else {
      const { body, contentType } = await openOutside(deps, output, source);
      await deps.objects.putStream(key, body, contentType ?? 'application/octet-stream');
    }
    return { from: 'staged', key, revisedPrompt: output.revisedPrompt };
  } catch (caught) {
    const error = toAppError(caught);
    deps.logger.warn({ err: error, task_id: task.id, index }, 'a delivered output could not be copied');
    return afterFailure(output, error, []);
  }
}

/** What becomes of an output that could not be copied or stored: given up when a repeat would fail again, else left for one. */
export function afterFailure(output: StagedOutput, error: AppError, secrets: readonly string[]): StagedOutput {
  if (!isOpen(output)) return output;
  const message = redact(error.message, secrets);
  if (error.facts.isPermanent !== true) return { ...output, trouble: message };
  const code = error.code === 'provider_bad_response' ? error.code : 'asset_storage_failed';
  return missing({ code, message }, true);
}

async function unspool(deps: MediaDeps, key: string): Promise<void> {
  try {
    await deps.objects.put(key, await deps.spool.get(key), 'application/octet-stream');
  } catch (error) {
    const isMoved = isAppError(error) && error.code === 'not_found' && (await deps.objects.exists(key));
    if (!isMoved) throw error;
  }
}

/** Opens what is at the provider. @throws AppError `asset_storage_failed`, permanent when a repeat would fail again */
export async function openOutside(
  deps: MediaDeps,
  output: Extract<OutsideOutput, { from: 'url' | 'provider' }>,
  source: Source | null,
): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly contentType: string | null }> {
  if (output.from === 'url') {
    try {
      return await deps.egress.fetch(output.url, { maxBytes: MAX_RESULT_BYTES, timeoutMs: FETCH_TIMEOUT_MS });
    } catch (caught) {
      const error = toAppError(caught);
      const isPermanent = error.facts.isPermanent === true || error.code === 'invalid_url';
      const message = `The link that the provider gave for this output cannot be read: ${error.message}`;
      throw new AppError('asset_storage_failed', message, { isPermanent }, error);
    }
  }
  if (source === null) throw new AppError('asset_storage_failed', 'The provider that holds the output is no longer configured.');
  try {
    const opened = await source.media.open({ ...source.job, signal: timeoutSignal(FETCH_TIMEOUT_MS) }, output.ref);
    return { body: capped(opened.body), contentType: opened.contentType };
  } catch (caught) {
    const error = toAppError(caught);
    const isPermanent = error.facts.isPermanent === true || GONE_AT_PROVIDER.includes(error.code);
    const { providerCode, providerMessage } = error.facts;
    const facts = {
      isPermanent,
      ...(providerCode === undefined ? {} : { providerCode }),
      ...(providerMessage === undefined ? {} : { providerMessage }),
    };
    throw new AppError('asset_storage_failed', `The output cannot be fetched from its provider: ${error.message}`, facts, error);
  }
}

/** By these a provider says that it does not hand the output out, now or ever. */
const GONE_AT_PROVIDER: readonly ErrorCode[] = ['provider_not_found', 'provider_rejected', 'content_policy_violation'];

async function* capped(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_RESULT_BYTES) {
      throw new AppError('asset_storage_failed', 'The provider sent an output of more than 2 GiB.', { isPermanent: true });
    }
    yield chunk;
  }
}
