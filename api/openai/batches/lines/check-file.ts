import { setImmediate as turn } from 'node:timers/promises';
import type { Batch, BatchFault } from '../../../../domain/batch/batch';
import type { CheckedLines } from '../../../../domain/batch/lines';
import type { NewCampaignItem } from '../../../../domain/campaign/campaign';
import type { Caller } from '../../../../domain/access/caller';
import { AppError, isAppError } from '../../../../domain/errors';
import type { ApiContext, Sourcing } from '../../../deps';
import { bufferLines, type LineBuffer } from '../../../campaigns/body/line-buffer';
import { createItemMedia } from '../../../campaigns/items/media-context';
import { inGroups, itemOf, rowOf } from '../../../campaigns/items/rows';
import { createLineChecker } from './check';
import type { NumberedLine } from '../../../http/text-lines';
import { numberedLines } from './numbered';

/** What one batch may hold. */
export interface BatchLimits {
  readonly maxLines: number;
  readonly maxLineBytes: number;
}
export const BATCH_LIMITS: BatchLimits = { maxLines: 50_000, maxLineBytes: 32 * 1024 * 1024 };
/** Most faults that a batch lists. */
const MOST_FAULTS = 100;
/** Lines checked side by side; a handful, for the few that wait for a name server or the object store. */
const SIDE_BY_SIDE = 16;
/** Items inserted by one statement. */
const ROWS = 100;
/** Characters of lines, or of rows, that are in hand together: a long one is there alone. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

export type CheckingFiles = Sourcing & Pick<ApiContext, 'catalogue' | 'objects' | 'routeState'>;

/** `BatchLines.check`. Memory holds a few lines and the custom_ids, however many there are. */
export async function checkFile(
  context: CheckingFiles,
  batch: Batch,
  caller: Caller,
  { signal, limits }: { readonly signal: AbortSignal; readonly limits: BatchLimits },
): Promise<readonly BatchFault[] | CheckedLines> {
  const media = createItemMedia(context);
  const load = async (id: string) => (await context.tasks.get(id, caller.teamId)) ?? unknownTask(id);
  // One catalogue for all lines: they are checked and priced alike, however long that takes.
  const checker = createLineChecker({ ...context, ...media.parts }, batch, { catalogue: context.catalogue.current(), caller, load });
  const faults: BatchFault[] = [];
  let lineCount = 0;

  async function* rows(lines: AsyncIterable<NumberedLine>): AsyncGenerator<string> {
    for await (const group of inGroups(lines, SIDE_BY_SIDE, { of: ({ text }) => text.length, most: MOST_CHARACTERS })) {
      signal.throwIfAborted();
      lineCount += group.length;
      if (lineCount > limits.maxLines) {
        faults.unshift(wholeFault('too_many_lines', `The file has more than ${limits.maxLines} lines. Split it.`));
        return;
      }
      for (const checked of await Promise.all(group.map((line) => checker.next(line)))) {
        if ('fault' in checked) faults.push(checked.fault);
        else if (faults.length === 0) yield rowOf(checked.item);
      }
      if (faults.length >= MOST_FAULTS) return;
      // Requests are served between two groups.
      await turn();
    }
  }

  let spool: LineBuffer | null = null;
  try {
    const { body } = await context.objects.get(batch.inputKey);
    const lines = numberedLines(body, limits.maxLineBytes);
    spool = await bufferLines(context.objects, `uploads/${context.newId('up')}/lines.jsonl`, rows(lines));
  } catch (error) {
    const fault = faultOfFile(error);
    if (fault === null) {
      await media.discard();
      throw error;
    }
    faults.push(fault);
  }
  if (faults.length === 0 && lineCount === 0) faults.push(wholeFault('empty_file', 'The file has no lines.'));
  if (spool === null || faults.length > 0) {
    await Promise.all([spool?.discard(), media.discard()]);
    return faults.slice(0, MOST_FAULTS);
  }
  return checkedLines(spool, media);
}

function checkedLines(spool: LineBuffer, media: ReturnType<typeof createItemMedia>): CheckedLines {
  return {
    keepMedia: () => media.keep(),
    async *items(): AsyncIterable<readonly NewCampaignItem[]> {
      const weight = { of: (line: string) => line.length, most: MOST_CHARACTERS };
      for await (const lines of inGroups(spool.lines(), ROWS, weight)) yield lines.map(itemOf);
    },
    async discard() {
      await Promise.all([spool.discard(), media.discard()]);
    },
  };
}

function wholeFault(code: string, message: string): BatchFault {
  return { code, message, param: 'input_file_id', line: null };
}

/** The fault of a file that cannot be read to its end; null: it is ours, and may be tried again. */
function faultOfFile(error: unknown): BatchFault | null {
  if (!isAppError(error)) return null;
  if (error.code === 'not_found') return wholeFault('file_not_found', 'The input file was deleted before it was read.');
  const { details } = error.facts;
  const line = typeof details === 'object' && details !== null && 'line' in details ? Number(details.line) : null;
  if (line === null) return null;
  return { code: error.code === 'request_too_large' ? 'line_too_long' : 'invalid_encoding', message: error.message, param: null, line };
}

function unknownTask(id: string): never {
  throw new AppError('not_found', `There is no task ${JSON.stringify(id.slice(0, 100))}.`);
}
