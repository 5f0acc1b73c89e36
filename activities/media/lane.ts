import type { MediaGroupFacts, MediaLane, MediaOwners, TaskRunner } from '../../domain/runner';
import { isMediaInput } from '../../domain/task/generation';
import type { Admission, AdmitOutcome, NewTask } from '../../domain/task/store';
import { withLogFields } from '../../lib/log-context';
import { pause, retry } from '../../lib/time';
import type { AccountWrites } from '../account-writes';
import { createOwnerGroups } from '../owner-groups';
import { makeFirstAttempt, type FirstEnd } from './first-attempt';
import { createJobFollower } from './follower';
import { giveOwner, type JoinedLane } from './join';
import { leavePlace, placeFor, type MediaPlace, type PlaceDeps } from './place';
import { createMediaRun, type MediaRun } from './run';
import { mediaStartOf } from './start';

export interface MediaLaneDeps extends PlaceDeps {
  readonly owners: MediaOwners;
  readonly runner: Pick<TaskRunner, 'startMedia'>;
  readonly workflowIdOf: (firstTaskId: string) => string;
  /** Of the process: its lanes write in turn. */
  readonly writes: AccountWrites;
  /** False: the process does nothing early, and each task begins with its own workflow; results are the same. */
  readonly optimistic: boolean;
}

/** A first attempt that has its place, and whose task is about to be admitted by the statement of a campaign. */
export interface PreparedAttempt {
  /** To be stored. */
  readonly admission: Admission;
  /** It was: makes the attempt. */
  begin(): void;
  /** It was not. */
  drop(): void;
}

/** First attempts at items of campaigns. */
export interface ItemLane {
  /** False: every item begins with its own workflow. */
  readonly isOpen: boolean;
  /** `full`: no place for its campaign now, but soon. `elsewhere`: the task has to begin with its own workflow. */
  prepare(admission: Admission): Promise<PreparedAttempt | 'full' | 'elsewhere'>;
  /** `listener` is told when a campaign that found no place may find one. Returns the unsubscribe, after which it waits for none. */
  onFree(campaignId: string, listener: () => void): () => void;
  /** The campaign found no place a moment ago, and was not told since that it may find one. */
  waits(campaignId: string): boolean;
  /** The campaign begins nothing for now: places that were left to it are for others. */
  yields(campaignId: string): void;
}

export interface LocalMediaLane extends MediaLane, JoinedLane, ItemLane {
  /** The owner of a task asked it to end: a job of it is left to its workflow, which can stop it. */
  cancelled(taskId: string): void;
  /** Begins nothing any more, hands over waiting groups and jobs, then resolves when no attempt is under way or `timeoutMs` passed. */
  drain(timeoutMs: number): Promise<void>;
  close(): void;
}

/** An ended run is kept for its group, so that it joins without a read of the database, and for who takes its outputs. */
const KEEP_ENDED_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
/** A group need not own so young a run in the rows: most end before its next look, which comes long before the sweeper misses an owner. */
const YOUNG_MS = 3_000;
/** How long this process itself tries to find an owner for what it cannot go on with; then the group does. */
const HAND_OVER = { patienceMs: 60_000, firstMs: 200, longestMs: 5_000, isWorthRetrying: () => true };

export function createMediaLane(deps: MediaLaneDeps): LocalMediaLane {
  const runs = new Map<string, MediaRun>();
  /** Tasks that ended here, or were handed over, by when. */
  const over = new Map<string, number>();
  const { slots } = deps;
  const { admit, settle } = deps.writes;
  const means = { ...deps, settle };
  const jobs = createJobFollower(means);
  const facts = new Map<string, MediaGroupFacts>();
  const groups = createOwnerGroups(
    {
      async startGroup(workflowId, taskIds) {
        const known = taskIds.map((id) => facts.get(id) ?? {});
        for (const id of taskIds) facts.delete(id);
        await deps.owners.startMediaGroup(workflowId, taskIds, inCommon(known));
      },
    },
    deps.logger,
    deps.workflowIdOf,
  );
  let isDraining = false;

  async function prepare(admission: Admission, keepsContents: boolean): Promise<PreparedAttempt | 'full' | 'elsewhere'> {
    const place = deps.optimistic && !isDraining ? await placeFor(deps, admission) : 'elsewhere';
    if (typeof place === 'string') return place;
    const { task, firstAttempt } = admission;
    if (firstAttempt !== null) deps.state.take(firstAttempt);
    let tell: (isBegun: boolean) => void = () => undefined;
    const begun = new Promise<boolean>((resolve) => (tell = resolve));
    facts.set(task.id, factsOf(task));
    const prepared = { ...admission, workflowId: groups.join(task.id, begun, true) };
    return {
      admission: prepared,
      begin() {
        begin(prepared, place, keepsContents);
        tell(true);
      },
      drop() {
        facts.delete(task.id);
        leavePlace(place);
        tell(false);
      },
    };
  }

  /** Starts the workflow of an admitted task, or leaves it to the sweeper. */
  async function startIfStored(task: NewTask, outcome: AdmitOutcome): Promise<void> {
    const start = mediaStartOf(task);
    if ((outcome.kind !== 'admitted' && outcome.kind !== 'repeated') || start === null) return;
    try {
      await deps.runner.startMedia(start);
    } catch (error) {
      // The task is stored and paid for: the sweeper starts what has no workflow.
      deps.logger.warn({ err: error, task_id: task.id }, 'The workflow could not be started now; the sweeper will start it.');
    }
  }

  function begin(admission: Admission, place: MediaPlace, keepsContents: boolean): void {
    const model = (admission.catalogue ?? deps.catalogue()).models.get(admission.task.model);
    const run = createMediaRun(admission, place, { keepsContents, now: deps.now(), model });
    runs.set(run.task.id, run);
    const beganMs = performance.now();
    void withLogFields({ task_id: run.task.id }, () => carryOut(run)).then((end) => {
      const outcome = end.kind === 'settled' ? (end.end?.task.status ?? 'ended') : end.kind;
      const line = { task_id: run.task.id, provider: run.order.provider, outcome, duration_ms: Math.round(performance.now() - beganMs) };
      deps.logger.info(line, 'a first attempt ended');
      return finish(run, end);
    });
  }

  async function carryOut(run: MediaRun): Promise<FirstEnd> {
    const end = await makeFirstAttempt(means, run);
    if (end.kind !== 'accepted') return end;
    run.isAccepted = true;
    // The call is over: what it occupied is free while the job runs.
    leavePlace(run.place);
    return jobs.takes(run) ? jobs.follow(run, end) : { kind: 'left' };
  }

  async function finish(run: MediaRun, end: FirstEnd): Promise<void> {
    const { id } = run.task;
    run.place.leave();
    if (end.kind === 'settled') {
      over.set(id, performance.now());
      run.endedAtMs = performance.now();
      run.resolve(end.end);
      if (!run.keepsContents || end.end === null) forget(run);
      return;
    }
    try {
      // A group would wait for the process of an open job as long as that lives, so it has to succeed.
      const patienceMs = run.isAccepted ? Number.POSITIVE_INFINITY : HAND_OVER.patienceMs;
      await retry(() => handOver(run, end), { ...HAND_OVER, patienceMs, onRetry: tellOnce(id) });
      over.set(id, performance.now());
    } catch (error) {
      deps.logger.error({ err: error, task_id: id }, 'a task could not be handed over; its group or the sweeper gives it an owner');
    }
    forget(run);
    run.resolve(null);
  }

  /** While Temporal is away every try fails: one line says so. */
  function tellOnce(taskId: string): (error: unknown) => void {
    let isTold = false;
    return (error) => {
      if (!isTold)
        deps.logger.warn({ err: error, task_id: taskId }, 'a task could not be handed over to its workflow; it is tried again until it is');
      isTold = true;
    };
  }

  async function handOver({ task, isAccepted }: MediaRun, end: Exclude<FirstEnd, { kind: 'settled' }>): Promise<void> {
    if (end.kind === 'broken' || isAccepted) await deps.tasks.releaseAttempt({ taskId: task.id, n: 1, instanceId: deps.instanceId });
    await giveOwner(deps, task, end.kind === 'left' ? end.retryAfterMs : undefined);
  }

  function forget(run: MediaRun): void {
    runs.delete(run.task.id);
    if (!run.isAccepted) run.place.holding.release();
  }

  const timer = setInterval(() => {
    const longAgo = performance.now() - KEEP_ENDED_MS;
    for (const run of runs.values()) if (run.endedAtMs !== null && run.endedAtMs < longAgo) forget(run);
    for (const [id, atMs] of over) if (atMs < longAgo) over.delete(id);
  }, LOOK_EVERY_MS);
  timer.unref();

  const underWay = (ids: Iterable<string>): MediaRun[] =>
    [...ids].flatMap((id) => {
      const run = runs.get(id);
      return run === undefined || run.endedAtMs !== null ? [] : [run];
    });

  return {
    async submit(admission, { keepsContents }) {
      const kept = await deps.tasks.keepInput(admission);
      const prepared = await prepare(kept, keepsContents);
      if (typeof prepared === 'string') {
        const outcome = await admit({ ...kept, firstAttempt: null });
        await startIfStored(kept.task, outcome);
        return outcome;
      }
      try {
        const outcome = await admit(prepared.admission);
        if (outcome.kind === 'admitted' && outcome.isWaiting !== true) prepared.begin();
        else {
          prepared.drop();
          await startIfStored(kept.task, outcome);
        }
        return outcome;
      } catch (error) {
        prepared.drop();
        throw error;
      }
    },
    isOpen: deps.optimistic,
    prepare: (admission) => prepare(admission, false),
    onFree: (campaignId, listener) => slots.onFree(campaignId, listener),
    waits: (campaignId) => slots.waits(campaignId),
    yields: (campaignId) => {
      slots.yields(campaignId);
    },
    take(taskId) {
      const run = runs.get(taskId);
      return run === undefined ? null : run.done;
    },
    release(taskId) {
      const run = runs.get(taskId);
      if (run === undefined) return;
      run.keepsContents = false;
      if (run.endedAtMs !== null) forget(run);
    },
    cancelled: (taskId) => runs.get(taskId)?.letGo.abort(),
    owned(taskIds) {
      for (const run of underWay(taskIds)) run.isOwned = true;
    },
    isFollowed(taskId) {
      const run = runs.get(taskId);
      if (run === undefined || run.endedAtMs !== null) return false;
      return performance.now() - run.begunAtMs < YOUNG_MS || (run.isOwned && run.isLong);
    },
    nearness: (taskId) => (over.has(taskId) ? 'ended' : underWay([taskId]).length > 0 ? 'under_way' : 'unknown'),
    async settled(taskIds, patienceMs) {
      const ends = underWay(taskIds).flatMap((run) => (run.isLong ? [] : [run.done]));
      if (ends.length > 0) await Promise.race([Promise.all(ends), pause(patienceMs)]);
    },
    async drain(timeoutMs) {
      isDraining = true;
      await groups.flush();
      for (const run of runs.values()) run.letGo.abort();
      const ends = underWay(runs.keys()).map((run) => run.done);
      await Promise.race([Promise.all(ends), pause(timeoutMs)]);
    },
    close: () => {
      clearInterval(timer);
    },
  };
}

function factsOf({ input, caller, campaignId }: NewTask): MediaGroupFacts {
  return {
    ...(isMediaInput(input) ? { operation: input.operation } : {}),
    teamName: caller.teamName,
    credentialClass: caller.credentialClass,
    ...(campaignId === null ? {} : { campaignId }),
  };
}

/** What all say alike. */
function inCommon(known: readonly MediaGroupFacts[]): MediaGroupFacts {
  const [first = {}, ...others] = known;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name as keyof MediaGroupFacts] === value)),
  );
}
