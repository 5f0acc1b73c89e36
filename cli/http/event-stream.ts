import { createParser, type EventSourceMessage } from 'eventsource-parser';

/**
 * The events of a `text/event-stream` body. Ends when the body ends, and also when nothing at all came for `idleMs`:
 * a connection that silently died looks like that (the API says `: ping` every 15 s).
 */
export async function* readEvents(body: ReadableStream<Uint8Array>, idleMs: number): AsyncGenerator<EventSourceMessage> {
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => ready.push(event) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const chunk = await readWithin(reader, idleMs);
      if (chunk === null) return;
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* ready.splice(0);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** The next chunk; null at the end, or when it does not come in time. */
async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, withinMs: number): Promise<Uint8Array | null> {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), withinMs);
  try {
    const { value, done } = await reader.read();
    return done ? null : value;
  } finally {
    clearTimeout(timer);
  }
}
