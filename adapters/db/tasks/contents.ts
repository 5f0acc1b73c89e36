import { AppError, isAppError } from '../../../domain/errors';
import type { Logger } from '../../../domain/log';
import type { TextStore } from '../../../domain/storage';
import { contentKey, LARGEST_IN_ROW, type StoredContent } from '../../../domain/task/contents';
import type { GenerationInput } from '../../../domain/task/generation';
import { promptOf } from '../../../domain/task/prompt';
import type { TextResult } from '../../../domain/task/task';

/** Where contents go that are too large for a row. */
export interface LargeContents {
  readonly texts: TextStore;
  readonly logger: Logger;
}

export interface TaskContents {
  /** What a row keeps for the input, as JSON text. */
  input(taskId: string, input: GenerationInput): Promise<string>;
  /** What a row keeps for the text result, as JSON text; `null` for none. */
  result(taskId: string, result: TextResult | null): Promise<string>;
  /** The content itself of what a row keeps. */
  load<Content extends object>(kept: Content | StoredContent): Promise<Content>;
  /** Forgets what was kept for a task that was not admitted. */
  discard(kept: string): void;
}

/** @param large - null: everything stays in its row */
export function createTaskContents(large: LargeContents | null): TaskContents {
  async function keep(key: string, content: object | null, describe: (bytes: number) => StoredContent): Promise<string> {
    const json = JSON.stringify(content);
    if (large === null || json.length * 3 <= LARGEST_IN_ROW) return json;
    const bytes = Buffer.byteLength(json);
    if (bytes <= LARGEST_IN_ROW) return json;
    try {
      await large.texts.put(key, json);
      return JSON.stringify(describe(bytes));
    } catch (error) {
      // The row is as safe a place, only a dearer one: nothing is refused or lost while the object store is away.
      large.logger.warn({ err: error, key, bytes }, 'a large content could not be stored as an object; it stays in its row');
      return json;
    }
  }

  return {
    input(taskId, input) {
      const storedAt = contentKey(taskId, 'input');
      return keep(storedAt, input, (bytes) => ({ operation: input.operation, storedAt, bytes, ...beginningOf(input), ...factsOf(input) }));
    },
    result(taskId, result) {
      const storedAt = contentKey(taskId, 'result');
      return keep(storedAt, result, (bytes) => ({ storedAt, bytes, ...finishOf(result) }));
    },
    async load(kept) {
      if (!isStored(kept)) return kept;
      if (large === null) throw new AppError('internal', `The content ${kept.storedAt} is in an object store, and none is given.`);
      try {
        return JSON.parse(await large.texts.read(kept.storedAt)) as never;
      } catch (error) {
        if (isAppError(error) && error.code !== 'not_found') throw error;
        throw new AppError('internal', `The content ${kept.storedAt} cannot be read.`, {}, error);
      }
    },
    discard(kept) {
      const stored = kept.length > 8_192 ? null : (JSON.parse(kept) as object | null);
      if (stored === null || !isStored(stored)) return;
      // What stays behind is found by the housekeeping.
      large?.texts.delete(stored.storedAt).catch(() => undefined);
    },
  };
}

/** True for what stands in place of a content. No content of ours has such a key. */
export function isStored(kept: object): kept is StoredContent {
  return 'storedAt' in kept;
}

/** In characters; none is cut in half. */
const BEGINNING = 2_000;
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

function beginningOf(input: GenerationInput): Pick<StoredContent, 'prompt'> {
  const prompt = promptOf(input);
  return prompt === null ? {} : { prompt: prompt.slice(0, BEGINNING).replace(HALF_CHARACTER, '') };
}

/** What statements look for in inputs: the parameters of images and videos, and the assets they name. */
function factsOf(input: GenerationInput): Pick<StoredContent, 'output' | 'sources'> {
  if (input.operation === 'transcription') return { sources: [{ assetId: input.file.assetId }] };
  if (input.operation !== 'image' && input.operation !== 'video') return {};
  const sources = [...input.images.map(({ source }) => source), ...(input.video === undefined ? [] : [input.video])];
  return { output: input.output, sources: sources.filter((source) => 'assetId' in source) };
}

/** What the event of a background response looks at. */
function finishOf(result: TextResult | null): Pick<StoredContent, 'finishReason'> {
  const [choice] = (result?.body['choices'] ?? []) as readonly ({ readonly finish_reason?: unknown } | undefined)[];
  return typeof choice?.finish_reason === 'string' ? { finishReason: choice.finish_reason } : {};
}
