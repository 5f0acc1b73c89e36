import type { Response } from 'express';
import { setProcessingTime } from './send';

const PING_MS = 15_000;
/** A client that reads so slowly that this much waits for it is cut off; the answer's `close` event then says so as for any other. */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;

/** An open stream of server-sent events. */
export interface EventStream {
  /** Sends one event. Nothing is sent after the end. */
  send(data: string, options?: { readonly event?: string; readonly id?: string }): void;
  end(): void;
}

/**
 * Starts `text/event-stream` on the answer, with a `: ping` comment every 15 s.
 * @param maxBacklogBytes - how much may wait for a slow reader; more where one event alone is large
 */
export function startEventStream(response: Response, maxBacklogBytes = MAX_BACKLOG_BYTES): EventStream {
  response.statusCode = 200;
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.setHeader('cache-control', 'no-cache, no-transform');
  response.setHeader('x-accel-buffering', 'no');
  setProcessingTime(response);
  response.flushHeaders();
  response.socket?.setNoDelay(true);

  let isOpen = true;
  const ping = setInterval(() => write(': ping\n\n'), PING_MS);
  ping.unref();

  function close(): void {
    isOpen = false;
    clearInterval(ping);
  }

  function write(text: string): void {
    if (!isOpen) return;
    response.write(text);
    if (response.writableLength > maxBacklogBytes) {
      close();
      response.destroy();
    }
  }

  response.on('close', close);

  return {
    send(data, options) {
      const event = options?.event === undefined ? '' : `event: ${options.event}\n`;
      const id = options?.id === undefined ? '' : `id: ${options.id}\n`;
      write(`${event}${id}data: ${data}\n\n`);
    },
    end() {
      if (!isOpen) return;
      close();
      response.end();
    },
  };
}
