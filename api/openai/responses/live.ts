import type { Holding } from '../../../lib/held-bytes';
import type { EventStream, StreamEvent } from '../../http/sse';

/** The events of a background response whose call this process makes, from the first on. */
export interface LiveResponse {
  append(events: readonly StreamEvent[]): void;
  /** How many there are: the number of the next. */
  length(): number;
  /** No event follows. */
  end(): void;
  /**
   * Sends the events behind number `after`, and those that come, until the last one or until `signal` aborts.
   * @returns the number of the event sent last, and whether it was the last of all
   */
  follow(after: number, stream: EventStream, signal: AbortSignal): Promise<{ readonly last: number; readonly isEnd: boolean }>;
}

export interface LiveResponses {
  /** @param holding - counts the bytes of the events; when it has no room, followers get the rest from the stored answer */
  open(taskId: string, holding: Holding): LiveResponse;
  find(taskId: string): LiveResponse | undefined;
}

export function createLiveResponses(): LiveResponses {
  const responses = new Map<string, LiveResponse>();
  return {
    open(taskId, holding) {
      const response = createLiveResponse(holding, () => responses.delete(taskId));
      responses.set(taskId, response);
      return response;
    },
    find: (taskId) => responses.get(taskId),
  };
}

/** No response keeps more of its events, in bytes: some 60,000 tokens. Its followers get what comes after from the stored answer. */
const MAX_LIVE_BYTES = 8 * 1024 * 1024;

function createLiveResponse(holding: Holding, onClose: () => void): LiveResponse {
  const release = holding.keep();
  const waiting = new Set<() => void>();
  let events: StreamEvent[] = [];
  let bytes = 0;
  let count = 0;
  let followers = 0;
  let state: 'open' | 'ended' | 'dropped' = 'open';
  let isOver = false;

  function tellAll(): void {
    for (const tell of [...waiting]) tell();
  }

  function close(as: 'ended' | 'dropped'): void {
    state = as;
    if (as === 'dropped') events = [];
    onClose();
    tellAll();
  }

  /** Not before the call is over, as what was asked is held so long, and nobody reads the events any more. */
  function releaseAtEnd(): void {
    if (isOver && followers === 0) release();
  }

  function change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const tell = (): void => {
        waiting.delete(tell);
        signal.removeEventListener('abort', tell);
        resolve();
      };
      waiting.add(tell);
      signal.addEventListener('abort', tell);
    });
  }

  return {
    append(more) {
      count += more.length;
      if (state !== 'open' || more.length === 0) return;
      const size = more.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
      try {
        if (bytes + size > MAX_LIVE_BYTES) throw new RangeError('The response has too many events.');
        holding.hold(size);
      } catch {
        close('dropped');
        return;
      }
      bytes += size;
      events.push(...more);
      tellAll();
    },
    length: () => count,
    end() {
      isOver = true;
      if (state === 'open') close('ended');
      releaseAtEnd();
    },
    async follow(after, stream, signal) {
      let next = after + 1;
      followers += 1;
      try {
        while (!signal.aborted) {
          const event = events[next];
          if (event !== undefined) {
            stream.send(event.data, event);
            next += 1;
            // Who reads slowly is waited for, so that nothing but these events waits for them.
            await stream.drained();
          } else if (state === 'open') await change(signal);
          else break;
        }
        return { last: next - 1, isEnd: state === 'ended' && next === count };
      } finally {
        followers -= 1;
        releaseAtEnd();
      }
    },
  };
}
