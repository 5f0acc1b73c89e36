import type { Response } from 'express';
import { setProcessingTime } from './send';

/** When streams speak without having anything to say, in milliseconds. */
export interface StreamTimes {
  /** From the request to the headers of a stream whose first event is late. */
  readonly headersAfterMs: number;
  /** Between two comments. */
  readonly pingMs: number;
}

/** Clients and proxies give up on a request without an answer after half a minute or so, and on a stream after a minute. */
export const STREAM_TIMES: StreamTimes = { headersAfterMs: 10_000, pingMs: 15_000 };

/** What may wait for a slow reader before those who send are asked to pause. */
const PAUSE_ABOVE_BYTES = 1024 * 1024;
/**
 * A client is cut off when this much waits for it and one more event comes: whoever sends did not pause. One event may be larger alone.
 * The answer's `close` event then says so as for any other.
 */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;
/** An answer that is whole goes out at once, and whoever sends one in pieces pauses: no answer is larger. */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;
/** A client that has read nothing of what waits for it for so long is gone. */
const STALLED_MS = 120_000;

/** One server-sent event; `data` is one line. */
export interface StreamEvent {
  readonly event?: string;
  readonly data: string;
}

/** An open stream of server-sent events. */
export interface EventStream {
  /** Sends one event. Nothing is sent after the end. */
  send(data: string, options?: { readonly event?: string; readonly id?: string }): void;
  /** Sends what clients pass over: a comment, or the surface's own event for it. */
  ping(): void;
  /** Resolves once the client has read what waits for it, or is gone; undefined while so little waits that nobody needs to pause. */
  drained(): Promise<void> | undefined;
  end(): void;
}

/** A stream that begins with its first event, or after a while without one. Until then the answer can still be another. */
export interface LateStream {
  /** Null: nothing went out yet. */
  begun(): EventStream | null;
  /** Sends the headers, if they are not out. */
  begin(): EventStream;
  /** The answer will be another: nothing begins by itself any more. */
  forget(): void;
}

/** How a stream that may begin late goes on. */
export interface LateStreamOptions {
  readonly times: StreamTimes;
  /** See `startEventStream`. */
  readonly ping?: StreamEvent | undefined;
  /** Called before the headers go out: the last moment to add some. */
  readonly onBegin?: () => void;
}

export function createLateStream(response: Response, { times, ping, onBegin }: LateStreamOptions): LateStream {
  let stream: EventStream | null = null;
  const begin = (): EventStream => {
    clearTimeout(timer);
    if (stream === null) onBegin?.();
    return (stream ??= startEventStream(response, { pingMs: times.pingMs, maxBacklogBytes: MAX_ANSWER_BYTES, ping }));
  };
  // Some proxies hold headers back until a first byte follows.
  const timer = setTimeout(() => begin().ping(), times.headersAfterMs);
  const forget = (): void => clearTimeout(timer);
  response.on('close', forget);
  return { begun: () => stream, begin, forget };
}

/**
 * Starts `text/event-stream` on the answer, with a `: ping` comment every 15 s.
 * @param options - `maxBacklogBytes`: how much may wait for a slow reader; more where one event alone is large. `ping`: an event to send
 * in place of the comment
 */
export function startEventStream(
  response: Response,
  options: { readonly maxBacklogBytes?: number; readonly pingMs?: number; readonly ping?: StreamEvent | undefined } = {},
): EventStream {
  const { maxBacklogBytes = MAX_BACKLOG_BYTES, pingMs = STREAM_TIMES.pingMs } = options;
  response.statusCode = 200;
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.setHeader('cache-control', 'no-cache, no-transform');
  response.setHeader('x-accel-buffering', 'no');
  setProcessingTime(response);
  response.flushHeaders();
  response.socket?.setNoDelay(true);

  let isOpen = true;
  // A ping into a full buffer would hide from the socket's timeout that nothing is read.
  const pingText = options.ping === undefined ? ': ping\n\n' : frameOf(options.ping.data, options.ping);
  const ping = (): void => {
    if (!response.writableNeedDrain) write(pingText);
  };
  const pings = setInterval(ping, pingMs);
  pings.unref();
  response.setTimeout(STALLED_MS, () => {
    close();
    response.destroy();
  });

  function close(): void {
    isOpen = false;
    clearInterval(pings);
  }

  function write(text: string): void {
    if (!isOpen) return;
    if (response.writableLength > maxBacklogBytes) {
      close();
      response.destroy();
      return;
    }
    response.write(text);
  }

  response.on('close', close);

  return {
    send(data, options) {
      write(frameOf(data, options));
    },
    ping,
    drained() {
      if (!isOpen || response.writableLength <= PAUSE_ABOVE_BYTES) return undefined;
      return new Promise((resolve) => {
        const done = (): void => {
          response.off('drain', done);
          response.off('close', done);
          resolve();
        };
        response.on('drain', done);
        response.on('close', done);
      });
    },
    end() {
      if (!isOpen) return;
      close();
      response.end();
    },
  };
}

function frameOf(data: string, { event, id }: { readonly event?: string; readonly id?: string } = {}): string {
  return `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;
}
