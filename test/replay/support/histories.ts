import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryJson } from '../../../domain/task/history';

/** The history of a real run of each workflow type, one file each; written by live.test.ts when ATELIER_KEEP_HISTORIES=1. */
const FOLDER = join(__dirname, '../histories');

/** Where the build leaves the workflows' code. */
export const BUNDLE = join(__dirname, '../../../dist/workflow-bundle.js');
/** The one of workflows that make spans. */
export const TRACED_BUNDLE = join(__dirname, '../../../dist/workflow-bundle-traced.js');

export interface KeptRun {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly history: HistoryJson;
}

export function keptRuns(): readonly KeptRun[] {
  return runsOf(FOLDER);
}

function runsOf(folder: string): readonly KeptRun[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as KeptRun);
}

/** Runs of earlier versions, which do without a step that today's code has. */
export function earlierRuns(): readonly KeptRun[] {
  return runsOf(join(FOLDER, 'earlier'));
}

/** Writes a run down as the one of its type, without what names the machine it ran on. */
export function keepRun(run: KeptRun): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${run.workflowType}.json`), `${JSON.stringify(withoutMachine(run), null, 1)}\n`);
}

const OF_THE_MACHINE = new Set(['identity', 'stackTrace', 'lastHeartbeatDetails', 'requestId']);

function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      OF_THE_MACHINE.has(name) ? [] : [[name, name === 'taskQueue' ? plainQueue(member) : withoutMachine(member)]],
    ),
  );
}

/** Sticky queues are named after the process. */
function plainQueue(queue: unknown): unknown {
  return (queue as { kind?: string }).kind === 'TASK_QUEUE_KIND_STICKY' ? { ...(queue as object), name: 'sticky' } : queue;
}
