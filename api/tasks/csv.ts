import type { CsvCell } from '../../domain/csv';
import { formatUsd } from '../../domain/money/money';
import { servedModelOf } from '../../domain/task/object';
import type { TaskSummary } from '../../domain/task/task';

/** The columns of the CSV file, with the cell that a task has there. */
const COLUMNS: Readonly<Record<string, (task: TaskSummary, prompt: string | null) => CsvCell>> = {
  id: ({ id }) => id,
  created_at: ({ createdAt }) => createdAt.toISOString(),
  started_at: ({ startedAt }) => startedAt?.toISOString() ?? null,
  finished_at: ({ finishedAt }) => finishedAt?.toISOString() ?? null,
  type: ({ type }) => type,
  status: ({ status }) => status,
  error_code: ({ error }) => error?.code ?? null,
  model: ({ model }) => model,
  served_model: (task) => servedModelOf(task),
  provider: ({ attempts }) => (attempts.findLast(({ outcome }) => outcome === 'succeeded') ?? attempts.at(-1))?.provider ?? null,
  attempts: ({ attempts }) => attempts.length,
  team: ({ teamName }) => teamName,
  credential: ({ credentialName }) => credentialName,
  class: ({ credentialClass }) => credentialClass,
  campaign_id: ({ campaignId }) => campaignId,
  template: ({ template }) => (template === null ? null : `${template.name}@${String(template.version)}`),
  external_id: ({ externalId }) => externalId,
  replay_of: ({ replayOf }) => replayOf,
  estimated_usd: ({ estimatedMicroUsd }) => formatUsd(estimatedMicroUsd),
  cost_usd: ({ actualMicroUsd }) => (actualMicroUsd === null ? null : formatUsd(actualMicroUsd)),
  outputs: ({ outputs }) => outputs.length,
  metadata: ({ metadata }) => (Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata)),
  prompt: (_task, prompt) => prompt,
};

export const TASK_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/** The cells of a task, in the order of `TASK_COLUMNS`. */
export function taskCells(task: TaskSummary, prompt: string | null): readonly CsvCell[] {
  return Object.values(COLUMNS).map((cellOf) => cellOf(task, prompt));
}
