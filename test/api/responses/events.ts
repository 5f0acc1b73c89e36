import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { TaskError } from '../../../domain/task/task';

export const BROKEN: TaskError = {
  code: 'stream_interrupted',
  message: 'The stream broke.',
  retryable: true,
  providerCode: null,
  providerMessage: null,
  param: null,
};

export async function readAll(stream: AsyncIterable<ResponseStreamEvent>): Promise<readonly ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

export function typesOf(events: readonly ResponseStreamEvent[]): readonly string[] {
  return events.map(({ type }) => type);
}

export function numbersOf(events: readonly ResponseStreamEvent[]): readonly number[] {
  return events.map(({ sequence_number }) => sequence_number);
}

export function textOf(events: readonly ResponseStreamEvent[]): string {
  return events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
}

export function finalOf(events: readonly ResponseStreamEvent[]): Response {
  const last = events.at(-1)!;
  if (!('response' in last)) throw new Error(`The last event is ${last.type}.`);
  return last.response;
}
