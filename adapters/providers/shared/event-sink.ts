import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { AppError } from '../../../domain/errors';
import type { BodySink } from './exchange';
import { isObject, parseJson, type JsonObject } from './json';
import { hasFault } from './provider-error';

/** A body sink that reads server-sent events, and keeps a body that is none. */
export interface EventSink extends BodySink {
  /** The closing `[DONE]` came. */
  isDone(): boolean;
  /** The body when it was no event stream but something whole; null when it was one. */
  whole(): string | null;
}

/** Of one event. Images and sound come in one. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;
const FIELDS = ['data', 'event', 'id', 'retry'];
const FIRST_LINE = /^(?:(?:data|event|id|retry)(?::|[\r\n])|:)/;

/**
 * Hands over the JSON of each event of a successful stream; comments and empty events are passed over. What is a stream is seen by the
 * body: servers send streams under any content type, and whole answers where a stream was asked for.
 * @param take - may throw to end the call with its error; a promise: nothing more is read until it resolves
 * @throws AppError `provider_bad_response` from `write` for data that is no JSON object, or for an event beyond all measure
 */
export function createEventSink(take: (data: JsonObject, eventName: string | undefined) => void | Promise<void>): EventSink {
  const decoder = new StringDecoder('utf8');
  const pieces: string[] = [];
  let kind: 'unknown' | 'events' | 'whole' = 'unknown';
  let done = false;
  let isAtEnd = false;
  let sinceEvent = 0;
  let events = 0;
  let waiting: Promise<void> | undefined;

  const parser = createParser({
    onEvent(event) {
      sinceEvent = 0;
      if (done || event.data === '') return;
      events += 1;
      if (event.data.trim() === '[DONE]') {
        done = true;
        return;
      }
      const data = parseJson(event.data);
      if (!isObject(data)) {
        // A connection that closed in the middle of a line: a cut, which whoever reads sees by what is missing.
        if (isAtEnd) return;
        throw new AppError('provider_bad_response', 'The provider sent a stream event that is not a JSON object.');
      }
      waiting = take(event.event === 'error' ? asError(data) : data, event.event) ?? waiting;
    },
  });

  function look(text: string): void {
    pieces.push(text);
    const head = pieces.join('').replace(/^\ufeff?[\r\n]*/, '');
    if (head === '') return;
    if (FIRST_LINE.test(head)) {
      kind = 'events';
      pieces.length = 0;
      parser.feed(head);
    } else if (!FIELDS.some((field) => field.startsWith(head))) kind = 'whole';
  }

  const next = (): boolean | Promise<void> => done || (waiting ?? false);

  return {
    wants: (head) => head.status >= 200 && head.status < 300,
    write(chunk) {
      const text = decoder.write(chunk);
      sinceEvent += chunk.length;
      waiting = undefined;
      if (kind === 'events') parser.feed(text);
      else if (kind === 'whole') pieces.push(text);
      else look(text);
      if (kind === 'events' && sinceEvent > MAX_EVENT_BYTES) {
        throw new AppError('provider_bad_response', `The provider sent a stream event of more than ${MAX_EVENT_BYTES} bytes.`);
      }
      return next();
    },
    end() {
      isAtEnd = true;
      const rest = decoder.end();
      // Some servers leave the blank line out that ends the last event.
      if (kind === 'events') parser.feed(`${rest}\n\n`);
      else pieces.push(rest);
    },
    events: () => events,
    isDone: () => done,
    whole: () => (kind === 'events' ? null : pieces.join('')),
  };
}

function asError(data: JsonObject): JsonObject {
  return hasFault(data) ? data : { error: { message: 'The provider sent an error event.', ...data } };
}
