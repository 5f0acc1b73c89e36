import { Runtime, Worker } from '@temporalio/worker';
import type { HistoryReplayer } from '../../domain/task/history';

/** The replayer speaks by its verdicts alone. To be called once, before the first replay of the process. */
export function installQuietRuntime(): void {
  const silent = () => undefined;
  Runtime.install({
    shutdownSignals: [],
    logger: { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent },
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}

/**
 * Executes histories against a bundle of workflow code; needs no server.
 * @param bundlePath - the file that the build leaves
 */
export function createHistoryReplayer(bundlePath: string): HistoryReplayer {
  return async function* replay(histories) {
    const results = Worker.runReplayHistories({ workflowBundle: { codePath: bundlePath } }, histories);
    for await (const { workflowId, error } of results) yield { workflowId, error: error === undefined ? null : error.message };
  };
}
