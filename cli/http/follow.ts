import { setTimeout as pause } from 'node:timers/promises';
import { CliFailure, toFailure } from '../failure';
import type { ApiClient } from './client';
import { readEvents } from './event-stream';

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

/** What is followed: its path, and when nothing follows any more. */
export interface Followed<Thing> {
  readonly path: string;
  readonly isEnd: (thing: Thing) => boolean;
}

/**
 * A task or campaign at each of its changes, the last one ended. A broken connection is taken up again where it broke.
 * @throws CliFailure when the API refuses (no such thing, key revoked), or is away for minutes
 */
export async function* follow<Thing>({ path, isEnd }: Followed<Thing>, { client, signal, onLost }: FollowOptions): AsyncGenerator<Thing> {
  let lastEventId: string | null = null;
  let lostAt: number | null = null;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    let failure: CliFailure | null = null;
    try {
      for await (const event of eventsOf(client, path, lastEventId, signal)) {
        const thing = event.data as Thing;
        lastEventId = event.id ?? lastEventId;
        lostAt = null;
        pauseMs = FIRST_PAUSE_MS;
        yield thing;
        if (isEnd(thing)) return;
      }
    } catch (error) {
      signal.throwIfAborted();
      failure = toFailure(error);
      if (isFinal(failure)) throw failure;
    }
    if (lostAt === null) onLost(failure);
    lostAt ??= performance.now();
    if (performance.now() - lostAt > GIVE_UP_AFTER_MS)
      throw failure ?? new CliFailure(`No events arrive from ${path}.`, { code: 'unreachable' });
    await pause(pauseMs, undefined, { signal });
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function* eventsOf(
  client: ApiClient,
  path: string,
  lastEventId: string | null,
  signal: AbortSignal,
): AsyncGenerator<{ readonly id: string | null; readonly data: unknown }> {
  const response = await client.open({
    path: `${path}/events`,
    headers: { accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) },
    repeats: 0,
    signal,
  });
  if (response.status === 204 || response.body === null) {
    // It ended with the event we saw last.
    yield { id: null, data: await client.call({ path, signal }) };
    return;
  }
  for await (const event of readEvents(response.body, IDLE_MS)) {
    yield { id: event.id ?? null, data: JSON.parse(event.data) as unknown };
  }
}

/** A refusal that no patience changes. */
function isFinal({ facts: { status } }: CliFailure): boolean {
  return typeof status === 'number' && status < 500 && status !== 429;
}
