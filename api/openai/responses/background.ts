import type { Response } from 'express';
import type { TextEnd } from '../../../domain/runner';
import { endMessage } from '../../../domain/task/error';
import type { Admission } from '../../../domain/task/store';
import { isTerminal } from '../../../domain/task/task';
import type { ApiContext, Awaiting } from '../../deps';
import { heldBy } from '../../http/held';
import { startEventStream, type StreamEvent } from '../../http/sse';
import type { LiveResponses } from './live';
import { responseId, type ResponseFacts } from './object';
import { createLivePieces, piecesOf } from './pieces';
import { loadResponse, unixSeconds, type StoredResponse } from './stored';
import { createResponseWriter, type ResponseWriter } from './writer';

/** A day: whatever runs has ended by then. */
const LONGEST_MS = 24 * 3_600_000;

/** Makes the call of a background response whose events somebody may follow. It goes on whoever leaves. */
export function runLive(
  context: Pick<ApiContext, 'lane' | 'now' | 'watcher'>,
  response: Response,
  live: LiveResponses,
  { admission, facts }: { readonly admission: Admission; readonly facts: ResponseFacts },
): void {
  const { id } = admission.task;
  const events = live.open(id, heldBy(response));
  const writer = createResponseWriter(facts, () => unixSeconds(context.now()));
  const pieces = createLivePieces();
  events.append(writer.begin());
  context.lane.run(admission, {
    stream: true,
    listener(event) {
      if (event.kind === 'provider') writer.served?.(event.model);
      if (event.kind === 'chunk') events.append(pieces.add(event.chunk).flatMap((chunk) => writer.onChunk(chunk)));
      if (event.kind !== 'ended') return;
      const { status, body } = event.task;
      if (status === 'succeeded' && body !== null) {
        const rest = pieces.rest(body);
        if (rest === null) events.append(lastOf(facts, body, events.length(), unixSeconds(context.now())));
        else events.append([...rest.flatMap((chunk) => writer.onChunk(chunk)), ...writer.onEnd(body)]);
      } else events.append(failureOf(writer, event.task));
      events.end();
      context.watcher.look(id);
    },
  });
}

type Following = Awaiting & Pick<ApiContext, 'draining' | 'logger' | 'settings'>;

/**
 * Streams a background response from behind event number `after` on: as it comes where this process makes the call, else once the answer
 * is stored, of which the events are made again with the numbers that they had.
 */
export async function followResponse(
  context: Following,
  response: Response,
  live: LiveResponses,
  { stored, after }: { readonly stored: StoredResponse; readonly after: number },
): Promise<void> {
  const { task, facts } = stored;
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const stream = startEventStream(response, { pingMs: context.settings.streams.pingMs });
  let last = after;
  try {
    const followed = await live.find(task.id)?.follow(last, stream, gone.signal);
    if (followed?.isEnd === true) return;
    last = followed?.last ?? last;
    if (!isTerminal(task.status)) {
      const begun = createResponseWriter(facts, () => 0).begin();
      for (const event of begun.slice(last + 1)) stream.send(event.data, event);
      last = Math.max(last, begun.length - 1);
      const signal = AbortSignal.any([gone.signal, context.draining, context.closing]);
      // The client comes back with the number of its last event when this process ends first.
      if (!(await context.watcher.waitForEnd(task.id, { timeoutMs: LONGEST_MS, signal }))) return;
    }
    const ended = await loadResponse(context, response, responseId(task.id));
    for (const event of eventsAfter(ended, last)) {
      if (gone.signal.aborted) return;
      stream.send(event.data, event);
      await stream.drained();
    }
  } catch (error) {
    context.logger.warn({ err: error, task_id: task.id }, 'a response could not be streamed to its end; its client can resume it');
    response.destroy();
  } finally {
    stream.end();
  }
}

/**
 * The events of an ended response behind number `after`; at least the last one, which has the whole answer. Where a process died that may have
 * sent the beginning of another answer, no more than that: two answers in one text would be worse.
 */
export function eventsAfter({ task, facts }: StoredResponse, after: number): readonly StreamEvent[] {
  const completed = unixSeconds(task.finishedAt ?? task.createdAt);
  const writer = createResponseWriter(facts, () => completed);
  const begun = writer.begin();
  const body = task.status === 'succeeded' ? task.textResult?.body : undefined;
  const rest =
    body === undefined ? failureOf(writer, task) : [...piecesOf(body).flatMap((chunk) => writer.onChunk(chunk)), ...writer.onEnd(body)];
  const all = [...begun, ...rest];
  const isAnother = after >= begun.length && task.attempts.slice(0, -1).some(({ outcome }) => outcome === 'unknown');
  const missing = isAnother ? [] : all.slice(after + 1);
  return missing.length > 0 ? missing : rest.slice(-1).map((last) => renumbered(last, after + 1));
}

function failureOf(writer: ResponseWriter, { status, error }: Pick<TextEnd, 'status' | 'error'>): readonly StreamEvent[] {
  const code = status === 'cancelled' ? 'cancelled' : (error?.code ?? 'internal');
  return writer.onFailure({ code, message: error?.message ?? endMessage(code) }, null);
}

/** The last event of an answer alone, with this number. */
function lastOf(facts: ResponseFacts, body: Parameters<typeof piecesOf>[0], number: number, completed: number): StreamEvent[] {
  const writer = createResponseWriter(facts, () => completed);
  for (const chunk of piecesOf(body)) writer.onChunk(chunk);
  return writer
    .onEnd(body)
    .slice(-1)
    .map((last) => renumbered(last, number));
}

function renumbered(event: StreamEvent, number: number): StreamEvent {
  return { ...event, data: event.data.replace(/"sequence_number":\d+/, `"sequence_number":${number}`) };
}
