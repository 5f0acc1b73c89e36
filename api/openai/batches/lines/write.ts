import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Batch, BatchFiles, BatchUsage } from '../../../../domain/batch/batch';
import type { CampaignItemSummary, ItemStatus } from '../../../../domain/campaign/campaign';
import { fileKey, type NewFile } from '../../../../domain/file/file';
import type { Usage } from '../../../../domain/task/generation';
import type { ApiContext } from '../../../deps';
import { answeredLine, endOfRun, failedLine, type Answering } from './answers';

const PAGE = 200;
/** Answers read side by side; images are read one by one, as they are written. */
const SIDE_BY_SIDE = 16;
/** Of those that are worded by their inputs, which may be conversations of 32 MiB. */
const WITH_INPUTS = 3;
const CONTENT_TYPE = 'application/x-ndjson';

export type WritingFiles = Answering & Pick<ApiContext, 'campaigns'>;

/** `BatchLines.write`. Memory holds a few answers, however many there are. */
export async function writeFiles(
  context: WritingFiles,
  batch: Batch,
  signal: AbortSignal,
): Promise<{ readonly files: BatchFiles; readonly usage: BatchUsage | null }> {
  const { succeeded, failed, cancelled } = batch.campaign.counts;
  const usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

  async function* answers(): AsyncGenerator<string> {
    for await (const group of itemsOf(context, batch, 'succeeded', signal)) {
      for (const line of await Promise.all(group.map((item) => answeredLine(context, batch, item)))) {
        add(usage, line.usage);
        yield* line.pieces;
      }
    }
  }
  async function* failures(): AsyncGenerator<string> {
    for (const status of ['failed', 'cancelled'] as const) {
      for await (const group of itemsOf(context, batch, status, signal)) yield group.map((item) => failedLine(batch, item)).join('');
    }
  }
  const output = succeeded === 0 ? null : await store(context, batch, 'output', answers());
  const errors = failed + cancelled === 0 ? null : await store(context, batch, 'error', failures());
  return { files: { output, errors }, usage: succeeded === 0 ? null : usage };
}

/** The items in one state, in groups. */
async function* itemsOf(
  { campaigns }: Pick<ApiContext, 'campaigns'>,
  { campaignId, endpoint }: Batch,
  status: ItemStatus,
  signal: AbortSignal,
): AsyncGenerator<readonly CampaignItemSummary[]> {
  const width = endpoint === '/v1/responses' ? WITH_INPUTS : SIDE_BY_SIDE;
  let after: string | undefined;
  for (;;) {
    const { data, hasMore } = await campaigns.items({ campaignId, status, limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (let start = 0; start < data.length; start += width) {
      signal.throwIfAborted();
      yield data.slice(start, start + width);
      // Requests are served between two groups.
      await turn();
    }
    after = data.at(-1)?.key;
    if (!hasMore || after === undefined) return;
  }
}

/** Writes a file to its place, which the batch alone decides: a repeat writes the same file. */
async function store(
  { objects }: Pick<ApiContext, 'objects'>,
  batch: Batch,
  kind: 'output' | 'error',
  lines: AsyncIterable<string>,
): Promise<NewFile> {
  const id = idOfFile(batch, kind);
  const key = fileKey(id);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const piece of lines) {
      const chunk = Buffer.from(piece);
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  await objects.putStream(key, bytes(), CONTENT_TYPE);
  return {
    ...{ id, key, sizeBytes, teamId: batch.teamId, purpose: 'batch_output', contentType: CONTENT_TYPE },
    filename: `${batch.id}_${kind}.jsonl`,
    sha256: hash.digest('hex'),
    expiresAfterS: batch.outputExpiresAfterS,
  };
}

/** Rises with the time of the batch's end, as all ids of files. */
function idOfFile(batch: Batch, kind: string): string {
  const time = endOfRun(batch).getTime().toString(16).padStart(12, '0');
  return `file-${time}${createHash('sha256').update(`${batch.id}/${kind}`).digest('hex').slice(0, 20)}`;
}

function add(sum: { -readonly [Name in keyof BatchUsage]: number }, usage: Usage | null): void {
  if (usage === null) return;
  sum.inputTokens += usage.inputTokens;
  sum.cachedInputTokens += usage.cachedInputTokens;
  sum.outputTokens += usage.outputTokens;
  sum.reasoningTokens += usage.reasoningTokens;
}
