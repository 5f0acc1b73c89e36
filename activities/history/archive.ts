import { historyKey, type HistorySource, type HistoryStore, type UnkeptRun, type WorkflowRun } from '../../domain/task/history';
import type { Logger } from '../../domain/log';
import type { ObjectStore } from '../../domain/storage';

export interface ArchiveDeps {
  readonly histories: HistoryStore;
  readonly source: HistorySource;
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** Most runs that one pass looks at. */
const BATCH = 500;
/** Workflows whose history is under way at once. */
const AT_ONCE = 6;
/** A task ends a moment before its workflow does, and a text may end before its owner has started. */
const PATIENCE_MS = 10_000;
/** Histories kept too early are looked at again this often. */
const AGAIN_AFTER_MS = 15_000;
/** What could not be kept (or not yet) makes way for others for so long. */
const PAUSE_MS = 3_000;
const LONGEST_PAUSE_MS = 120_000;

/** Keeps histories of runs that ended with an error in the object store, beyond the time that Temporal keeps them. */
export interface HistoryArchive {
  /** One pass. Repeating is harmless; several at once too. */
  pass(): Promise<void>;
}

export function createHistoryArchive(deps: ArchiveDeps): HistoryArchive {
  const paused = new Map<string, { readonly untilMs: number; readonly pauseMs: number }>();

  async function pass(): Promise<void> {
    const nowMs = deps.now().getTime();
    for (const [id, { untilMs }] of paused) if (nowMs - untilMs > LONGEST_PAUSE_MS) paused.delete(id);
    const waiting = [...paused].filter(([, { untilMs }]) => untilMs > nowMs).map(([id]) => id);
    const runs = await deps.histories.findUnkept(BATCH, waiting);
    const ownerless = runs.filter((run) => run.workflowId === null).map((run) => run.taskId);
    if (ownerless.length > 0) await deps.histories.giveUp(ownerless);
    await inTurns([...groupByWorkflow(runs)], ([workflowId, members]) => attend(workflowId, () => keepFirst(deps, workflowId, members)));
    const incomplete = (await deps.histories.findIncomplete(AGAIN_AFTER_MS, BATCH)).filter((id) => !waiting.includes(id));
    await inTurns(incomplete, (workflowId) => attend(workflowId, () => keepAgain(deps, workflowId)));
  }

  /** One history that cannot be kept does not hold up the others; it is tried again, ever more rarely. */
  async function attend(workflowId: string, keep: () => Promise<boolean>): Promise<void> {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, (paused.get(workflowId)?.pauseMs ?? PAUSE_MS / 2) * 2);
    try {
      if (await keep()) {
        paused.delete(workflowId);
        return;
      }
      paused.set(workflowId, { untilMs: deps.now().getTime() + PAUSE_MS, pauseMs: PAUSE_MS });
    } catch (error) {
      deps.logger.warn({ err: error, workflow_id: workflowId }, 'a history could not be archived; it will be retried');
      paused.set(workflowId, { untilMs: deps.now().getTime() + pauseMs, pauseMs });
    }
  }

  return { pass };
}

/** False: not yet. */
async function keepFirst(deps: ArchiveDeps, workflowId: string, members: readonly UnkeptRun[]): Promise<boolean> {
  const taskIds = members.map((member) => member.taskId);
  const youngestMs = Math.max(...members.map((member) => member.endedAt.getTime()));
  const isPatienceOver = deps.now().getTime() - youngestMs > PATIENCE_MS;
  const run = await deps.source.look(workflowId);
  if (run === null) {
    if (isPatienceOver) await deps.histories.giveUp(taskIds);
    return isPatienceOver;
  }
  // A text group goes on for its slower members: what there is of the history is kept now, and the whole once it has closed.
  if (!run.isClosed && !isPatienceOver) return false;
  const isKept = await put(deps, run);
  if (isKept) await deps.histories.keep(taskIds, run, historyKey(run));
  else await deps.histories.giveUp(taskIds);
  return true;
}

async function keepAgain(deps: ArchiveDeps, workflowId: string): Promise<boolean> {
  const run = await deps.source.look(workflowId);
  if (run !== null && !run.isClosed) return false;
  if (run !== null) await put(deps, run);
  await deps.histories.complete(workflowId);
  return true;
}

/** False: the server has lost it meanwhile. */
async function put(deps: ArchiveDeps, run: WorkflowRun): Promise<boolean> {
  const history = await deps.source.read(run);
  if (history === null) return false;
  await deps.objects.put(historyKey(run), new TextEncoder().encode(JSON.stringify(history)), 'application/json');
  return true;
}

function groupByWorkflow(runs: readonly UnkeptRun[]): ReadonlyMap<string, readonly UnkeptRun[]> {
  const groups = new Map<string, UnkeptRun[]>();
  for (const run of runs) {
    if (run.workflowId === null) continue;
    const group = groups.get(run.workflowId);
    if (group === undefined) groups.set(run.workflowId, [run]);
    else group.push(run);
  }
  return groups;
}

/** Works through the items, a few at once. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}
