import { setTimeout as pause } from 'node:timers/promises';
import { isTerminal } from '../../domain/task';
import { CliFailure, toFailure } from '../failure';
import type { ApiClient } from '../http/client';
import { readEvents } from '../http/event-stream';
import type { TaskObject } from './task-object';

const IDLE_MS = 45_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** So long an installation may be away, for a restart or a move, before a watcher gives up. */
const GIVE_UP_AFTER_MS = 5 * 60_000;

export interface FollowOptions {
  readonly client: ApiClient;
  readonly signal: AbortSignal;
  /** Called once each time the connection is lost. */
  readonly onLost: (failure: CliFailure | null) => void;
}

/**
 * The task at each of its changes, the last one ended. A broken connection is taken up again where it broke.
 * @throws CliFailure when the API refuses (no such task, key revoked), or is away for minutes
 */
export async function* followTask(id: string, { client, signal, onLost }: FollowOptions): AsyncGenerator<TaskObject> {
  let lastEventId: string | null = null;
  let lostAt: number | null = null;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    let failure: CliFailure | null = null;
    try {
      for await (const event of eventsOf(client, id, lastEventId, signal)) {
        lastEventId = event.id ?? lastEventId;
        lostAt = null;
        pauseMs = FIRST_PAUSE_MS;
        yield event.task;
        if (isTerminal(event.task.status)) return;
      }
    } catch (error) {
      signal.throwIfAborted();
      failure = toFailure(error);
      if (isFinal(failure)) throw failure;
    }
    if (lostAt === null) onLost(failure);
    lostAt ??= performance.now();
    if (performance.now() - lostAt > GIVE_UP_AFTER_MS)
      throw failure ?? new CliFailure(`The events of ${id} do not come.`, { code: 'unreachable' });
    await pause(pauseMs, undefined, { signal });
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function* eventsOf(
  client: ApiClient,
  id: string,
  lastEventId: string | null,
  signal: AbortSignal,
): AsyncGenerator<{ readonly id: string | null; readonly task: TaskObject }> {
  const path = `/v1/tasks/${encodeURIComponent(id)}`;
  const response = await client.open({
    path: `${path}/events`,
    headers: { accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) },
    repeats: 0,
    signal,
  });
  if (response.status === 204 || response.body === null) {
    // It ended with the event we saw last.
    yield { id: null, task: (await client.call({ path, signal })) as TaskObject };
    return;
  }
  for await (const event of readEvents(response.body, IDLE_MS)) {
    yield { id: event.id ?? null, task: JSON.parse(event.data) as TaskObject };
  }
}

/** A refusal that no patience changes. */
function isFinal({ facts: { status } }: CliFailure): boolean {
  return typeof status === 'number' && status < 500 && status !== 429;
}
