import { AppError, isAppError } from '../../domain/errors';
import type { Logger } from '../../domain/log';
import { speechUsage } from '../../domain/money/pricing';
import type { ReportedUsage } from '../../domain/provider/provider';
import type { AssetStore, AssetWriter, NewAsset } from '../../domain/storage';
import type { SpeechInput } from '../../domain/task/generation';
import { within } from '../../lib/time';
import type { FinishedText } from './answer';
import type { TextRun } from './run';

export interface SpeechDeps {
  readonly assets: Pick<AssetStore, 'get' | 'insert'>;
  readonly assetWriter: AssetWriter;
  /** Keeps files in the database's spool, for when the object store is away. */
  readonly spooledWriter: AssetWriter;
  readonly logger: Logger;
}

/** Most of one answer; it is held until it is stored. Ten minutes of samples, hours of MP3. */
const MAX_AUDIO_BYTES = 32 * 1024 * 1024;
/** The client has the sound and waits for its end: an object store that hangs keeps it no longer than this. */
const STORED_WITHIN_MS = 10_000;

/** The sound of one call, on its way to the client and into storage. */
export interface Speech {
  /** @throws AppError `provider_bad_response` (permanent) when there is more than 32 MiB */
  readonly add: (bytes: Uint8Array, contentType: string) => void | Promise<void>;
  /**
   * Keeps the whole as the task's output, and says what it came to. While the object store is away the sound waits in the database.
   * @throws AppError `provider_bad_response` when there is no sound
   */
  keep(deps: SpeechDeps, input: SpeechInput, usage: ReportedUsage | null): Promise<FinishedText>;
}

export function createSpeech(run: TextRun): Speech {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let type = 'application/octet-stream';
  return {
    add(bytes, contentType) {
      size += bytes.byteLength;
      if (size > MAX_AUDIO_BYTES) {
        throw new AppError('provider_bad_response', `The provider sent more than ${MAX_AUDIO_BYTES} bytes of sound.`, {
          isPermanent: true,
        });
      }
      pieces.push(bytes);
      type = contentType;
      if (!run.stream) return undefined;
      run.delivered.begin();
      return run.listener?.({ kind: 'audio', bytes, contentType });
    },
    async keep(deps, input, reported) {
      if (size === 0) throw new AppError('provider_bad_response', 'The provider answered without a sound.');
      const whole = Buffer.concat(pieces);
      const counted = speechUsage(input);
      const usage = reported === null ? counted : { ...reported.usage, characters: counted.characters ?? 0 };
      const kept = await store(deps, run, whole, type);
      const body = { object: 'audio.speech', model: run.served.name, content_type: type, bytes: size, ...kept };
      return { result: { body: reported === null ? body : { ...body, usage: reported.original } }, usage };
    },
  };
}

async function store(deps: SpeechDeps, run: TextRun, bytes: Buffer, contentType: string): Promise<Readonly<Record<string, unknown>>> {
  const file: NewAsset = {
    id: `asset_${run.task.id.slice('task_'.length)}`,
    teamId: run.task.teamId,
    taskId: run.task.id,
    index: 0,
    expect: 'result',
    source: { bytes, contentType },
    revisedPrompt: null,
    watermark: null,
    format: null,
    compression: null,
  };
  try {
    const asset = await within(STORED_WITHIN_MS, deps.assetWriter.write(file), away).catch((error: unknown) => {
      // What is no sound is none in the spool either.
      if (isAppError(error) && error.facts.isPermanent === true) throw error;
      deps.logger.warn({ err: error, task_id: run.task.id }, 'S3 did not take a speech; it waits in the database');
      return deps.spooledWriter.write(file);
    });
    await deps.assets.insert([asset]);
    return { asset_id: asset.id };
  } catch (error) {
    deps.logger.warn({ err: error, task_id: run.task.id }, 'a speech could not be stored as a file; it is kept in its answer');
    return { audio: bytes.toString('base64') };
  }
}

const away = () => new AppError('service_unavailable', 'The object store is not responding.');
