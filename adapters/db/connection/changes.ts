import { Client } from 'pg';
import type { CallbackFeed } from '../../../domain/events/callback';
import type { ChangeFeed } from '../../../domain/events/changes';
import { HOLD_SESSION } from '../upkeep/instances';
import type { PoolOptions } from './pool';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

const CHANNELS = ['atelier_task', 'atelier_catalogue', 'atelier_cancel', 'atelier_callback', 'atelier_breaker', 'atelier_people'] as const;
type Channel = (typeof CHANNELS)[number];

export interface ListeningFeed extends ChangeFeed, CallbackFeed {
  close(): Promise<void>;
}

/**
 * Notifications of Postgres on one connection of its own, opened with the first listener. A broken connection is replaced by itself; what
 * was said meanwhile is lost, which is why the feed is only a hint.
 */
export function createChangeFeed(options: Pick<PoolOptions, 'url' | 'applicationName' | 'instanceId'>): ListeningFeed {
  const listeners: Record<Channel, Set<(payload: string) => void>> = {
    atelier_task: new Set(),
    atelier_catalogue: new Set(),
    atelier_cancel: new Set(),
    atelier_callback: new Set(),
    atelier_breaker: new Set(),
    atelier_people: new Set(),
  };
  let started = false;
  let closed = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = FIRST_PAUSE_MS;

  function retryLater(): void {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), pauseMs);
    timer.unref();
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }

  async function connect(): Promise<void> {
    const next = new Client({
      connectionString: options.url,
      application_name: `${options.applicationName} changes`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      // A machine that is gone sends no goodbye: its session, and with it its sign of life, ends within half a minute.
      options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    });
    client = next;
    let over = false;
    const giveUp = () => {
      if (over) return;
      over = true;
      next.end().catch(() => undefined);
      retryLater();
    };
    next.on('error', giveUp);
    next.on('end', giveUp);
    next.on('notification', ({ channel, payload }) => {
      const heard = CHANNELS.find((name) => name === channel);
      if (heard !== undefined) for (const listener of [...listeners[heard]]) listener(payload ?? '');
    });
    try {
      await next.connect();
      await next.query(CHANNELS.map((channel) => `listen ${channel}`).join(';'));
      if (options.instanceId !== undefined) await next.query(HOLD_SESSION, [options.instanceId]);
      pauseMs = FIRST_PAUSE_MS;
    } catch {
      giveUp();
    }
  }

  function subscribe(channel: Channel, listener: (payload: string) => void): () => void {
    // Each subscription is its own entry, also when one function subscribes twice.
    const entry = (payload: string) => {
      listener(payload);
    };
    listeners[channel].add(entry);
    if (!started && !closed) {
      started = true;
      void connect();
    }
    return () => {
      listeners[channel].delete(entry);
    };
  }

  return {
    onTask: (listener) => subscribe('atelier_task', listener),
    onCatalogue: (listener) =>
      subscribe('atelier_catalogue', () => {
        listener();
      }),
    onBreaker: (listener) => subscribe('atelier_breaker', () => listener()),
    onPeople: (listener) => subscribe('atelier_people', (userId) => listener(Number(userId))),
    onCancel: (listener) => subscribe('atelier_cancel', listener),
    onCallback: (listener) => subscribe('atelier_callback', () => listener()),
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
