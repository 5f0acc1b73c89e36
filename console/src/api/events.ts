import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { noteConnection } from './connection';

/** Changes are gathered for so long before the page asks for what they changed: 200 running tasks cost four redraws a second. */
const GATHER_MS = 250;
/** A campaign is a page of items with it, so it is asked for less often. */
const CAMPAIGNS_GATHER_MS = 1_000;
const AGAIN_AFTER_MS = 30_000;
const TASK_TYPES = ['task.updated', 'task.succeeded', 'task.failed', 'task.cancelled', 'task.expired'];
const CAMPAIGN_TYPES = ['campaign.progress', 'campaign.completed', 'campaign.cancelled', 'campaign.budget_exhausted'];
const TYPES = ['ready', 'gap', ...TASK_TYPES, ...CAMPAIGN_TYPES];

/** What one tab tells the others: an event of the stream, as far as they need it. */
interface Told {
  readonly type: string;
  /** Of the task or the campaign. */
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
    const source = new EventSource(`/v1/events?types=task.*,campaign.*&team=${encodeURIComponent(team)}`);
    for (const type of TYPES) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        noteConnection(true);
        tell({ type, id: idIn(data, type.startsWith('campaign.') ? 'campaign' : 'task') });
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

function idIn(data: string, what: 'task' | 'campaign'): string | null {
  try {
    const event = JSON.parse(data) as Readonly<Record<string, unknown>>;
    const thing = event[what];
    const id = typeof thing === 'object' && thing !== null && 'id' in thing ? thing.id : event[`${what}_id`];
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

function gather(client: QueryClient, team: string) {
  let tasks = new Set<string>();
  let campaigns = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let campaignTimer: ReturnType<typeof setTimeout> | undefined;
  const flushCampaigns = (): void => {
    campaignTimer = undefined;
    const changed = campaigns;
    campaigns = new Set();
    for (const id of changed) void client.invalidateQueries({ queryKey: ['campaign', team, id] });
    void client.invalidateQueries({ queryKey: ['campaigns', team] });
  };
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
      if (type.startsWith('campaign.')) {
        if (id !== null) campaigns.add(id);
        campaignTimer ??= setTimeout(flushCampaigns, CAMPAIGNS_GATHER_MS);
        return;
      }
      if (id !== null) tasks.add(id);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    stop: (): void => {
      clearTimeout(timer);
      clearTimeout(campaignTimer);
    },
  };
}
