import type { HistoryJson, HistoryReplayer } from '../../domain/task/history';
import type { FetchedHistory } from './histories';

/** What came of replaying a history against the workflow code of this version. */
export interface ReplayReport {
  readonly ok: boolean;
  /** Tasks, not histories. */
  readonly checked: number;
  readonly results: readonly {
    readonly task_id: string;
    readonly workflow_type: string;
    readonly ok: boolean;
    readonly error: string | null;
  }[];
}

/** Replays histories in turn; only the one under way is in memory. */
export async function replayRuns(replay: HistoryReplayer, histories: AsyncIterable<FetchedHistory>): Promise<ReplayReport> {
  const under: Omit<FetchedHistory, 'history'>[] = [];
  async function* given(): AsyncGenerator<{ workflowId: string; history: HistoryJson }> {
    for await (const { history, ...facts } of histories) {
      under.push(facts);
      yield { workflowId: facts.workflowId, history };
    }
  }
  const results: ReplayReport['results'][number][] = [];
  for await (const { error } of replay(given())) {
    // Verdicts come in the order of the histories.
    const facts = under.shift();
    for (const taskId of facts?.taskIds ?? []) {
      results.push({ task_id: taskId, workflow_type: facts?.workflowType ?? '', ok: error === null, error });
    }
  }
  return { ok: results.every((result) => result.ok), checked: results.length, results };
}

/** The report for people. */
export function replayText({ ok, checked, results }: ReplayReport): string {
  const bad = results.filter((result) => !result.ok);
  if (ok) return checked === 0 ? 'There is no history to replay.' : `✓ ${checked} checked: today's workflow code decides the same way.`;
  return [
    `✗ ${bad.length} of ${checked} decide differently:`,
    ...bad.map(({ task_id: id, workflow_type: type, error }) => `  ${id} (${type}): ${error ?? ''}`),
  ].join('\n');
}
