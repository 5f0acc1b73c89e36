import type OpenAI from 'openai';
import { KEYS, useApi } from './support/api';
import { chunkOf } from './support/lane';

const api = useApi({ streams: { headersAfterMs: 50, pingMs: 50 } });
const messages = [{ role: 'user' as const, content: 'Say hello.' }];
const FAILED = {
  code: 'provider_unavailable' as const,
  message: 'No provider of this model could be reached.',
  retryable: true,
  providerCode: null,
  providerMessage: null,
  param: null,
};

/** Holds the next runs until it is opened. */
function closeGate(): () => void {
  let open = (): void => undefined;
  api.lane.script.gate = new Promise((resolve) => (open = resolve));
  return open;
}

beforeEach(() => {
  api.lane.script = { chunks: [], content: 'Hello.', error: null, gate: Promise.resolve() };
});

interface Waiting {
  readonly headers: Headers;
  /** Reads until the text so far matches. */
  until(pattern: RegExp): Promise<void>;
  rest(): Promise<string>;
}

async function startStream(headers: Record<string, string> = {}): Promise<Waiting> {
  const response = await fetch(`${api.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.site}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-test', messages, stream: true }),
  });
  expect(response.status).toBe(200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const read = async (): Promise<boolean> => {
    const { value, done } = await reader.read();
    text += value ?? '';
    return !done;
  };
  return {
    headers: response.headers,
    async until(pattern) {
      while (!pattern.test(text)) if (!(await read())) throw new Error(`The stream ended before ${pattern}: ${text}`);
    },
    async rest() {
      while (await read());
      return text;
    },
  };
}

const PINGS = /^(: ping\n\n){3}/;

test('the headers of a stream whose first token is late go out with comments, and the answer follows', async () => {
  const open = closeGate();

  const stream = await startStream();
  await stream.until(PINGS);
  open();

  expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform');
  expect(stream.headers.get('x-accel-buffering')).toBe('no');
  expect(stream.headers.get('x-atelier-run-id')).toMatch(/^task_/);
  expect(stream.headers.get('x-atelier-provider')).toBe('fake');
  const text = await stream.rest();
  expect(text).toContain('"content":"Hello."');
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
});

test('a run that fails after its headers went out ends its stream with an error event', async () => {
  api.lane.script.error = FAILED;
  const open = closeGate();

  const stream = await startStream();
  await stream.until(PINGS);
  open();

  const text = await stream.rest();
  const event = JSON.parse(text.split('data: ')[1]!);
  expect(event.error).toMatchObject({ code: 'provider_unavailable', message: expect.stringContaining(FAILED.message) });
  expect(text).not.toContain('[DONE]');
});

test('the stock SDK waits through the comments and gets the error', async () => {
  api.lane.script.error = FAILED;
  const open = closeGate();

  const stream = await api.client().chat.completions.create({ model: 'gpt-test', messages, stream: true });
  open();
  const read = async (): Promise<OpenAI.ChatCompletionChunk[]> => {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
  };

  await expect(read()).rejects.toMatchObject({ code: 'provider_unavailable' });
});

test('comments fill the silence between two tokens', async () => {
  api.lane.script.chunks = [chunkOf({ content: 'Hel' })];
  const open = closeGate();

  const stream = await startStream();
  await stream.until(/Hel.*\n\n(: ping\n\n){2}/s);
  open();

  expect((await stream.rest()).trimEnd().endsWith('data: [DONE]')).toBe(true);
});

test('a stream that repeats a request in flight is kept alive until that one ends', async () => {
  const open = closeGate();
  const headers = { 'idempotency-key': 'waiting-1' };
  const first = await startStream(headers);

  const repeat = await startStream(headers);
  await repeat.until(PINGS);
  open();

  expect(await repeat.rest()).toContain('"content":"Hello."');
  expect([first.headers.get('idempotent-replayed'), repeat.headers.get('idempotent-replayed')]).toEqual([null, 'true']);
  expect(repeat.headers.get('x-atelier-run-id')).toBe(first.headers.get('x-atelier-run-id'));
  await first.rest();
});

test('a repeat of a request that fails meanwhile ends with its error as an event', async () => {
  api.lane.script.error = FAILED;
  const open = closeGate();
  const headers = { 'idempotency-key': 'waiting-2' };
  const first = await startStream(headers);

  const repeat = await startStream(headers);
  await repeat.until(PINGS);
  open();

  expect(await repeat.rest()).toContain('"code":"provider_unavailable"');
  await first.rest();
});
