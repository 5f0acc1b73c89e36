import type OpenAI from 'openai';
import { startItems as startCampaignItems } from '../../api-campaigns/support/work';
import type { TestApi } from './api';

/** A line of an output or error file. */
export interface BatchLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: any } | null;
  readonly error: { readonly code: string } | null;
}

type Lines = readonly (object | string)[] | Uint8Array;

/** Uploads the input of a batch: lines as objects, or as they are. */
export async function uploadLines(api: TestApi, lines: Lines): Promise<string> {
  const bytes =
    lines instanceof Uint8Array ? lines : lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', new Blob([bytes]), 'lines.jsonl');
  return (await api.call('POST', '/v1/files', { body: form })).body.id;
}

/** Makes a batch of these lines; its workflow is only recorded. */
export async function makeBatch(api: TestApi, endpoint: string, lines: Lines, more: object = {}): Promise<OpenAI.Batch> {
  const body = { input_file_id: await uploadLines(api, lines), endpoint, completion_window: '24h', ...more };
  const { status, text, body: batch } = await api.call('POST', '/v1/batches', { body });
  if (status !== 200) throw new Error(text);
  return batch;
}

/** Takes the steps of a batch as its workflow would, and answers how it stands then. */
export async function advance(api: TestApi, id: string): Promise<OpenAI.Batch> {
  while ((await api.advanceBatch(id)) === 'more');
  return (await api.call('GET', `/v1/batches/${id}`)).body;
}

const campaignOf = (batchId: string): string => batchId.replace('batch_', 'camp_');

/** Starts the next lines of a batch, as the workflow of its campaign would. */
export function startItems(api: TestApi, batchId: string, count = 50): Promise<void> {
  return startCampaignItems(api, campaignOf(batchId), count);
}

/** The task of a line that was started. */
async function taskOf(api: TestApi, batchId: string, customId: string): Promise<string> {
  const { data } = await api.database.campaigns.items({ campaignId: campaignOf(batchId), limit: 100 });
  const taskId = data.find(({ key }) => key === customId)?.taskId;
  if (taskId === undefined || taskId === null) throw new Error(`${customId} has not been started.`);
  return taskId;
}

/** Gives a line that runs an image, whose bytes lie at `key`. */
export async function giveImage(api: TestApi, batchId: string, customId: string, key: string): Promise<void> {
  const taskId = await taskOf(api, batchId, customId);
  const { teamId } = (await api.database.tasks.find(taskId, null))!;
  const [measures, at] = [
    { width: 8, height: 8, durationS: null, bytes: 3, sha256: 'a'.repeat(64) },
    { taskId, teamId, index: 0 },
  ];
  const looks = { kind: 'image', contentType: 'image/png', key, thumbnailKey: null, revisedPrompt: null } as const;
  await api.database.assets.insert([{ id: taskId.replace('task_', 'asset_'), ...at, ...looks, ...measures, createdAt: new Date() }]);
}

/** Ends a line that runs. */
export async function endItem(
  api: TestApi,
  batchId: string,
  customId: string,
  {
    answer = 'Hi.',
    fails = false,
    isCancelled = false,
  }: { readonly answer?: string; readonly fails?: boolean; readonly isCancelled?: boolean } = {},
): Promise<void> {
  const taskId = await taskOf(api, batchId, customId);
  const isAnswered = !fails && !isCancelled;
  const error = { retryable: true, providerCode: null, providerMessage: null, param: null };
  await api.database.tasks.settle([
    {
      taskId,
      status: isCancelled ? 'cancelled' : fails ? 'failed' : 'succeeded',
      actualMicroUsd: 0n,
      costLines: [],
      usage: isAnswered
        ? { inputTokens: 5, cachedInputTokens: 0, outputTokens: 7, reasoningTokens: 0, images: 0, seconds: 0, estimated: false }
        : null,
      textResult: isAnswered
        ? { body: { id: taskId, object: 'chat.completion', choices: [{ message: { role: 'assistant', content: answer } }] } }
        : null,
      error: fails ? { code: 'provider_unavailable', message: 'It is down.', ...error } : null,
      attempt: null,
    },
  ]);
}

/** The contents of the files of a batch; empty for one that it does not have. */
export async function filesOf(api: TestApi, batch: OpenAI.Batch): Promise<{ readonly output: string; readonly errors: string }> {
  const read = async (id: string | null | undefined): Promise<string> =>
    id === null || id === undefined ? '' : (await api.call('GET', `/v1/files/${id}/content`)).text;
  return { output: await read(batch.output_file_id), errors: await read(batch.error_file_id) };
}

export function linesOf(text: string): readonly BatchLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BatchLine);
}
