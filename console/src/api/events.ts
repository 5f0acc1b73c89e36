import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { noteConnection } from './connection';

/** Changes are gathered for so long before the page asks for what they changed: 200 running tasks cost four redraws a second. */
const GATHER_MS = 250;
const AGAIN_AFTER_MS = 30_000;
const TYPES = ['ready', 'gap', 'task.updated', 'task.succeeded', 'task.failed', 'task.cancelled', 'task.expired'];

/** What one tab tells the others: an event of the stream, as far as they need it. */
interface Told {
  readonly type: string;
  /** Of the task. */
  readonly id: string | null;
}

/**
 * Follows what happens in the team and asks anew for what is shown of it. One tab of the browser holds the stream and tells the others: a
 * browser opens only six connections to a host. Polls go on beside it, and find what a broken stream has missed.
 */
export function useServerEvents(team: string): void {
  const client = useQueryClient();
  useEffect(() => {
    if (team === '') return undefined;
    const channel = new BroadcastChannel(`atelier events ${team}`);
    const gatherer = gather(client, team);
    channel.onmessage = ({ data }: MessageEvent<Told>) => gatherer.take(data);
    const stop = lead(team, (told) => {
      gatherer.take(told);
      channel.postMessage(told);
    });
    return () => {
      stop();
      gatherer.stop();
      channel.close();
    };
  }, [client, team]);
}

/** Opens the stream once no other tab holds it; one that the server ended for good is opened again after a while. */
function lead(team: string, tell: (told: Told) => void): () => void {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    hold(team, tell, abort.signal).then(
      () => {
        if (!abort.signal.aborted) timer = setTimeout(open, AGAIN_AFTER_MS);
      },
      // Left before it was our turn.
      () => undefined,
    );
  };
  open();
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}

/** Waits for its turn, and resolves when the stream is over. Without TLS browsers have no locks: each tab then holds a stream of its own. */
async function hold(team: string, tell: (told: Told) => void, signal: AbortSignal): Promise<void> {
  if (!('locks' in navigator)) return follow(team, tell, signal);
  await navigator.locks.request(`atelier events ${team}`, { signal }, () => follow(team, tell, signal));
}

function follow(team: string, tell: (told: Told) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource(`/v1/events?types=task.*&team=${encodeURIComponent(team)}`);
    for (const type of TYPES) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        noteConnection(true);
        tell({ type, id: taskIn(data) });
      });
    }
    const end = (): void => {
      source.close();
      resolve();
    };
    source.onerror = () => {
      // It tries again by itself unless the server said no: a session at its end, too many streams.
      if (source.readyState === EventSource.CLOSED) end();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

function taskIn(data: string): string | null {
  try {
    const event = JSON.parse(data) as { task?: { id?: unknown }; task_id?: unknown };
    const id = event.task?.id ?? event.task_id;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

function gather(client: QueryClient, team: string) {
  let tasks = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const changed = tasks;
    tasks = new Set();
    for (const id of changed) void client.invalidateQueries({ queryKey: ['task', team, id], exact: true });
    void client.invalidateQueries({ queryKey: ['tasks', team] });
  };
  return {
    take: ({ type, id }: Told): void => {
      // Something was missed: all that is shown may be old.
      if (type === 'gap') void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === team });
      if (type === 'ready' || type === 'gap') return;
      if (id !== null) tasks.add(id);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    stop: (): void => clearTimeout(timer),
  };
}
