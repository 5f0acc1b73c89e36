import type { AppError } from '../../../domain/errors';
import { writeJson } from '../../../domain/large-integers';
import type { StreamEvent } from '../../http/sse';
import { chunksOf } from '../chat/chunks';
import type { AnswerWriter } from '../text-stream';
import { responseObject, type ResponseFacts, type ResponseState } from './object';
import { createOutput, type Output, type OutputEvent } from './output';

type Fields = Readonly<Record<string, unknown>>;

/** Words an answer as the events of a response, numbered from 0 without a gap. */
export interface ResponseWriter extends AnswerWriter {
  /** The events that say it has begun. The other methods say so by themselves when they were not asked for. */
  begin(): readonly StreamEvent[];
  onFailure(error: Pick<AppError, 'code' | 'message'>, requestId: string | null): readonly StreamEvent[];
}

/** @param completed - unix seconds of the end, when it comes */
export function createResponseWriter(requested: ResponseFacts, completed: () => number): ResponseWriter {
  const output = createOutput(requested);
  let facts = requested;
  let next = 0;

  function eventOf([type, fields]: OutputEvent): StreamEvent {
    const event = { event: type, data: writeJson({ type, sequence_number: next, ...fields }) };
    next += 1;
    return event;
  }

  function begin(): StreamEvent[] {
    if (next > 0) return [];
    const began = (type: string, status: ResponseState['status']) => eventOf([type, { response: responseObject(facts, { status }) }]);
    if (!facts.isBackground) return [began('response.created', 'in_progress'), began('response.in_progress', 'in_progress')];
    return [began('response.created', 'queued'), began('response.queued', 'queued'), began('response.in_progress', 'in_progress')];
  }

  return {
    begin,
    served(model) {
      facts = { ...facts, model };
    },
    onChunk: (chunk) => {
      const events = output.add(chunk);
      return events.length === 0 ? [] : [...begin(), ...events.map(eventOf)];
    },
    onEnd(body) {
      const state = endOf(output, body);
      return [
        ...begin(),
        ...state.events.map(eventOf),
        eventOf([`response.${state.status}`, { response: ended(facts, body, state, completed()) }]),
      ];
    },
    onFailure(error, requestId) {
      const { code, message } = responseErrorOf(error);
      const text = requestId === null ? message : `${message} (request id: ${requestId})`;
      const status = code === 'cancelled' ? 'cancelled' : 'failed';
      const state = { status, error: { code, message: text }, output: output.items() } as const;
      return [
        ...begin(),
        eventOf(['error', { code, message: text, param: null }]),
        eventOf(['response.failed', { response: responseObject(facts, state) }]),
      ];
    },
  };
}

/** The object of an answer that is whole. */
export function responseOfBody(facts: ResponseFacts, body: Fields, completed: number): Fields {
  const output = createOutput(facts);
  for (const chunk of chunksOf(body)) output.add(chunk);
  return ended(facts, body, endOf(output, body), completed);
}

function ended(requested: ResponseFacts, body: Fields, state: ResponseState, completed: number): Fields {
  const { model } = body;
  const facts = typeof model === 'string' ? { ...requested, model } : requested;
  return responseObject(facts, state.status === 'completed' ? { ...state, completed } : state);
}

function endOf(output: Output, body: Fields): ResponseState & { readonly events: readonly OutputEvent[] } {
  const reason = reasonOf(body);
  const status = reason === null ? 'completed' : 'incomplete';
  const events = output.close(status);
  return {
    status,
    events,
    output: output.items(),
    usage: body['usage'],
    serviceTier: body['service_tier'],
    ...(reason === null ? {} : { reason }),
  };
}

function reasonOf(body: Fields): NonNullable<ResponseState['reason']> | null {
  const [choice] = (body['choices'] ?? []) as readonly (Fields | undefined)[];
  const finish = choice?.['finish_reason'];
  if (finish === 'length') return 'max_output_tokens';
  return finish === 'content_filter' ? 'content_filter' : null;
}

/** The words that clients of this endpoint know for what went wrong. */
const CODES: Readonly<Record<string, string>> = { rate_limited: 'rate_limit_exceeded', internal: 'server_error' };

/** Why a response failed, as its object says it. */
export function responseErrorOf({ code, message }: { readonly code: string; readonly message: string }): {
  readonly code: string;
  readonly message: string;
} {
  return { code: CODES[code] ?? code, message };
}
