import { AppError } from '../../domain/errors';
import { transcriptionUsage } from '../../domain/money/pricing';
import type { MediaFile, TranscriptionAnswer } from '../../domain/provider/provider';
import type { AssetStore, ObjectStore } from '../../domain/storage';
import type { TranscriptionInput } from '../../domain/task/generation';
import type { FinishedText } from './answer';
import type { TextRun } from './run';

export interface TranscriptionDeps {
  readonly assets: Pick<AssetStore, 'get' | 'insert'>;
  readonly objects: Pick<ObjectStore, 'get'>;
}

/** The file that is to be written down, read anew at each call. @throws AppError `input_fetch_failed` (permanent) when it is gone */
export async function openRecording(deps: TranscriptionDeps, run: TextRun, { file }: TranscriptionInput): Promise<MediaFile> {
  const asset = await deps.assets.get(file.assetId, run.task.teamId);
  if (asset === null || asset.contentsExpiredAt !== undefined) {
    throw new AppError('input_fetch_failed', 'The file that is to be transcribed is no longer kept.', { isPermanent: true });
  }
  const { key, contentType, bytes } = asset;
  return { role: 'file', contentType, filename: file.filename, sizeBytes: bytes, open: () => bytesOf(deps, key) };
}

async function* bytesOf({ objects }: TranscriptionDeps, key: string): AsyncGenerator<Uint8Array> {
  yield* (await objects.get(key)).body;
}

/** Hands events on. What went out once is not said again by another provider. */
export function forwardEvents(run: TextRun): (event: Readonly<Record<string, unknown>>) => void | Promise<void> {
  return (event) => {
    run.delivered.begin();
    return run.listener?.({ kind: 'transcript', event });
  };
}

export function transcriptionResult(input: TranscriptionInput, { body, seconds, usage }: TranscriptionAnswer): FinishedText {
  const text = typeof body['text'] === 'string' ? body['text'] : '';
  const counted = transcriptionUsage(input, text, seconds);
  return { result: { body }, usage: usage === null ? counted : { ...usage.usage, seconds: counted.seconds } };
}
