import type { Request, Response } from 'express';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiContext } from '../deps';
import { startEventStream, type EventStream } from '../http/sse';

const RETRY_MS = 1_000;

/** What a stream of changes tells of one thing. */
export interface ChangeStream<Thing extends { readonly version: number }> {
  /** As it is now. */
  readonly first: Thing;
  /** Subscribes to versions above the one given. Returns the unsubscribe. */
  readonly watch: (sinceVersion: number, listener: () => void) => () => void;
  readonly read: () => Promise<Thing | null>;
  readonly send: (stream: EventStream, thing: Thing) => Promise<void>;
  /** Nothing follows this state. */
  readonly isEnd: (thing: Thing) => boolean;
  /** Least time between two events, in milliseconds; changes in between are one event. */
  readonly leastGapMs: number;
}

/** The version the client saw last (`Last-Event-ID`, or `?after=`); -1 for none. */
function lastSeen(request: Request): number {
  const text = request.headers['last-event-id'] ?? request.query['after'];
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

/** Answers with the thing at every change, ended by its last state; 204 when the client has seen that already. */
export async function streamChanges<Thing extends { readonly version: number }>(
  context: Pick<ApiContext, 'draining' | 'logger'>,
  request: Request,
  response: Response,
  changes: ChangeStream<Thing>,
): Promise<void> {
  const { first } = changes;
  const seen = lastSeen(request);
  if (changes.isEnd(first) && first.version <= seen) {
    // Nothing can follow: 204 tells an EventSource not to come again.
    response.statusCode = 204;
    response.end();
    return;
  }
  const stream = startEventStream(response);
  if (first.version > seen) await changes.send(stream, first);
  // A process that drains tells how things stand; the client comes again, to one that stays.
  if (changes.isEnd(first) || context.draining.aborted) {
    stream.end();
    return;
  }
  follow(context, response, stream, changes, Math.max(first.version, seen));
}

function follow<Thing extends { readonly version: number }>(
  context: Pick<ApiContext, 'draining' | 'logger'>,
  response: Response,
  stream: EventStream,
  changes: ChangeStream<Thing>,
  sinceVersion: number,
): void {
  let sentVersion = sinceVersion;
  let sentAtMs = performance.now();
  let isSending = false;
  let isDirty = false;

  const stop = changes.watch(sentVersion, onDirty);
  const end = () => {
    stop();
    stream.end();
  };
  context.draining.addEventListener('abort', end);
  response.on('close', () => {
    stop();
    context.draining.removeEventListener('abort', end);
  });

  function onDirty(): void {
    isDirty = true;
    if (isSending || response.destroyed) return;
    sendChanges().catch((error: unknown) => {
      context.logger.warn({ err: error }, 'An event could not be sent; it will be retried.');
      // The watcher tells each change once: a read that failed is ours to repeat, or the last event would be lost.
      setTimeout(onDirty, RETRY_MS).unref();
    });
  }

  /** One read at a time: changes that come meanwhile are one event. */
  async function sendChanges(): Promise<void> {
    isSending = true;
    try {
      while (isDirty && !response.destroyed) {
        const gapMs = sentAtMs + changes.leastGapMs - performance.now();
        if (gapMs > 0) await pause(gapMs, undefined, { ref: false });
        isDirty = false;
        const now = await changes.read();
        if (now === null || now.version <= sentVersion) continue;
        await changes.send(stream, now);
        sentVersion = now.version;
        sentAtMs = performance.now();
        if (changes.isEnd(now)) end();
      }
    } finally {
      isSending = false;
    }
  }
}
