import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';
import { AppError } from '../../../domain/errors';
import type { BodySink, HttpHead } from '../shared/exchange';
import { isObject, parseJson, type JsonObject } from '../shared/json';

/** A body sink that reads server-sent events. */
export interface EventSink extends BodySink {
  /** The closing `[DONE]` came. */
  isDone(): boolean;
}

/**
 * Hands over the JSON of each event of a successful stream; comments and empty events are passed over.
 * @param take - may throw to end the call with its error
 * @throws AppError `provider_bad_response` from `write` for data that is no JSON object
 */
export function createEventSink(take: (data: JsonObject, eventName: string | undefined) => void): EventSink {
  const decoder = new StringDecoder('utf8');
  let done = false;
  const parser = createParser({
    onEvent(event) {
      if (done || event.data === '') return;
      if (event.data.trim() === '[DONE]') {
        done = true;
        return;
      }
      const data = parseJson(event.data);
      if (!isObject(data)) throw new AppError('provider_bad_response', 'The provider sent a stream event that is not a JSON object.');
      take(event.event === 'error' && data['error'] === undefined ? { error: data } : data, event.event);
    },
  });
  return {
    wants: (head: HttpHead) => head.status === 200 && isEventStream(head),
    write(chunk) {
      parser.feed(decoder.write(chunk));
      return done;
    },
    isDone: () => done,
  };
}

function isEventStream(head: HttpHead): boolean {
  const type = head.headers['content-type'];
  return typeof type === 'string' && type.startsWith('text/event-stream');
}
