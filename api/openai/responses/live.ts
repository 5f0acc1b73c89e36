import type { Holding } from '../../http/context';
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

function createLiveResponse(holding: Holding, onClose: () => void): LiveResponse {
  const release = holding.keep();
  const followers = new Set<() => void>();
  let events: StreamEvent[] = [];
  let count = 0;
  let state: 'open' | 'ended' | 'dropped' = 'open';

  function close(as: 'ended' | 'dropped'): void {
    state = as;
    onClose();
    for (const tell of followers) tell();
  }

  return {
    append(more) {
      count += more.length;
      if (state !== 'open' || more.length === 0) return;
      try {
        holding.hold(more.reduce((bytes, { data }) => bytes + Buffer.byteLength(data), 0));
      } catch {
        close('dropped');
        events = [];
        return;
      }
      events.push(...more);
      for (const tell of followers) tell();
    },
    length: () => count,
    end() {
      if (state === 'open') close('ended');
      // Not before: as long as the call goes on, what was asked is held.
      release();
    },
    follow(after, stream, signal) {
      let next = after + 1;
      return new Promise((resolve) => {
        const stop = (): void => {
          followers.delete(tell);
          signal.removeEventListener('abort', stop);
          resolve({ last: next - 1, isEnd: state === 'ended' });
        };
        const tell = (): void => {
          for (const event of events.slice(next)) {
            stream.send(event.data, event);
            next += 1;
          }
          if (state !== 'open') stop();
        };
        followers.add(tell);
        signal.addEventListener('abort', stop);
        tell();
        if (signal.aborted) stop();
      });
    },
  };
}
