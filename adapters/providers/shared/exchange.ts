import type { Dispatcher, FormData } from 'undici';
import { AppError, isAppError } from '../../../domain/errors';
import { abortReason } from './abort';
import { decoderOf, type Decoder } from './decoder';
import type { HttpClient } from './http-client';
import { transportError, type Effect, type Loss } from './transport-error';

/** One HTTP call. */
export interface HttpCall {
  readonly providerName: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData | null;
  readonly signal: AbortSignal;
  /** Until the first byte of the answer's body, in milliseconds. */
  readonly firstByteMs: number;
  /** Until the whole answer is here, in milliseconds; with `idleMs`: from one event of the sink to the next. */
  readonly totalMs: number;
  /** Of an answer that is read as events: between two pieces of it, in milliseconds. Whoever sends events may take as long as they like. */
  readonly idleMs?: number | undefined;
  /** `paid`: once sent, a lost answer is `outcome_unknown`. `repeatable`: it may be called again. */
  readonly effect: Effect;
  /** Most bytes of the answer. */
  readonly maxBytes: number;
}

export interface HttpHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** An answer read whole; `body` is empty when it was streamed. */
export interface HttpAnswer extends HttpHead {
  readonly body: string;
}

/** Takes the body as it comes, when it wants that answer. */
export interface BodySink {
  wants(head: HttpHead): boolean;
  /**
   * @returns true when nothing more is needed, though the connection may stay open a little; a promise to be sent nothing more until it
   *   resolves: whoever listens reads slowly
   */
  write(chunk: Buffer): boolean | Promise<void>;
  /** The body ended properly. May throw to fail the call. */
  end?(): void;
  /** How many events came so far. Keep-alive comments are none: they show that the connection lives, not that the answer goes on. */
  events?(): number;
}

/** How long a finished answer may take to end properly, so that its connection can be used again. */
const GRACE_MS = 1_000;

/**
 * Makes one HTTP call and resolves with whatever status came.
 * @throws AppError `provider_unavailable`, `provider_timeout`, `outcome_unknown`, `provider_bad_response` (too large), `cancelled`;
 *   whatever `sink.write` throws
 */
export function exchange(client: HttpClient, call: HttpCall, sink?: BodySink): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const dispatcher = call.effect === 'paid' ? client.single : client.shared;
    let controller: Dispatcher.DispatchController | null = null;
    let head: HttpHead | null = null;
    let streams = false;
    let settled = false;
    let received = 0;
    let decoded = 0;
    let decoder: Decoder | null | undefined;
    const chunks: Buffer[] = [];
    let lastByteAt = 0;
    let lastEventAt = performance.now();
    let events = 0;
    let isHeld = false;

    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      call.signal.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (error: unknown): void => {
      if (!settle()) return;
      reject(error instanceof Error ? error : new AppError('internal', 'A provider call failed unexpectedly.', {}, error));
      decoder?.destroy();
      controller?.abort(new Error('the call was given up'));
    };
    const lose = (loss: Loss, cause?: unknown): void => {
      fail(transportError({ loss, effect: call.effect, isSent: controller !== null, providerName: call.providerName, cause }));
    };
    const succeed = (): void => {
      if (head !== null && settle()) resolve({ ...head, body: streams ? '' : Buffer.concat(chunks).toString('utf8') });
    };
    const onAbort = (): void => fail(abortReason(call.signal));
    /** Tells how long an answer that has begun may take; looks again rather than setting a timer for each chunk. */
    const watch = (): void => {
      const idleAt = call.idleMs === undefined || isHeld ? Infinity : lastByteAt + call.idleMs;
      const totalAt = lastEventAt + call.totalMs;
      const left = Math.min(idleAt, totalAt) - performance.now();
      if (left > 0) timer = setTimeout(watch, Math.ceil(left));
      else lose(idleAt < totalAt ? 'idle_timeout' : 'total_timeout');
    };
    const deliver = (chunk: Buffer): void => {
      if (settled) return;
      decoded += chunk.length;
      if (decoded > call.maxBytes) {
        fail(tooLarge(call));
        return;
      }
      if (!streams || sink === undefined) return void chunks.push(chunk);
      try {
        const next = sink.write(chunk);
        const count = sink.events?.() ?? 0;
        if (call.idleMs !== undefined && count > events) lastEventAt = performance.now();
        events = count;
        if (next === true) {
          succeed();
          setTimeout(() => controller?.abort(new Error('the answer was complete')), GRACE_MS).unref();
        } else if (next !== false) hold(next);
      } catch (error) {
        fail(error);
      }
    };
    const hold = (until: Promise<void>): void => {
      controller?.pause();
      decoder?.pause();
      // While a reader is slow the provider cannot be heard.
      isHeld = true;
      void until.then(() => {
        isHeld = false;
        lastByteAt = performance.now();
        decoder?.resume();
        controller?.resume();
      }, fail);
    };
    const finish = (): void => {
      if (settled) return;
      try {
        if (streams) sink?.end?.();
        succeed();
      } catch (error) {
        fail(error);
      }
    };
    const undecodable = (error: Error): void =>
      fail(new AppError('provider_bad_response', `Provider ${call.providerName} sent a body that cannot be decompressed.`, {}, error));

    let timer = setTimeout(() => lose('first_byte_timeout'), Math.min(call.firstByteMs, call.totalMs));
    if (call.signal.aborted) {
      onAbort();
      return;
    }
    call.signal.addEventListener('abort', onAbort, { once: true });

    dispatcher.dispatch(
      { origin: call.url.origin, path: call.url.pathname + call.url.search, method: call.method, headers: call.headers, body: call.body },
      {
        onRequestStart(started) {
          // Called before anything is written: an abort here means the provider never saw the request.
          if (settled) started.abort(new Error('the call was given up'));
          else controller = started;
        },
        onResponseStart(_controller, status, headers) {
          head = { status, headers };
          streams = sink?.wants(head) ?? false;
        },
        onResponseData(_controller, chunk) {
          if (settled) return;
          lastByteAt = performance.now();
          if (received === 0) {
            clearTimeout(timer);
            watch();
          }
          received += chunk.length;
          if (received > call.maxBytes) {
            fail(tooLarge(call));
            return;
          }
          if (decoder === undefined) decoder = decoderOf(head?.headers ?? {}, chunk, { data: deliver, end: finish, error: undecodable });
          if (decoder === null) deliver(chunk);
          else decoder.write(chunk);
        },
        onResponseEnd() {
          if (decoder === null || decoder === undefined) finish();
          else decoder.end();
        },
        onResponseError(_controller, error) {
          // The body that we were sending broke off, on our side: no provider begins with half a request.
          if (isAppError(error)) fail(error);
          else lose(head === null ? 'cut' : 'cut_in_answer', error);
        },
      },
    );
  });
}

function tooLarge(call: HttpCall): AppError {
  return new AppError('provider_bad_response', `Provider ${call.providerName} sent more than ${call.maxBytes} bytes.`);
}
