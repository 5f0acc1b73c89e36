import { chunk, events, send, startRawUpstream, type RawAnswer, type RawUpstream } from '../support/raw-upstream';
import { chatCall, collector, openaiAt } from './calls';

/** An answer of two pieces that says "Hello." */
export const HELLO = events(chunk({ role: 'assistant', content: 'Hel' }), chunk({ content: 'lo.' }), chunk({}, 'stop'), '[DONE]');
/** The same, whole. */
export const WHOLE = JSON.stringify({
  id: 'c1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
});

/** What the adapter makes of what an upstream sends to the letter; the upstream is there once `beforeAll` has run. */
export function useStreams() {
  let upstream: RawUpstream;
  beforeAll(async () => {
    upstream = await startRawUpstream();
  });
  afterEach(() => void upstream.requests.splice(0));
  afterAll(() => upstream.close());
  return {
    get upstream() {
      return upstream;
    },
    async streamed(answer: RawAnswer): Promise<{ readonly choice: any; readonly extra: object; readonly chunks: readonly any[] }> {
      upstream.answer('m', answer);
      const { chunks, onChunk } = collector();
      const { choices, extra } = await openaiAt(upstream.baseUrl).text.chat(chatCall('Go.', { onChunk }));
      return { choice: choices[0], extra, chunks };
    },
    async whole(body: unknown): Promise<any> {
      upstream.answer('m', send(JSON.stringify(body), { 'content-type': 'application/json' }));
      return (await openaiAt(upstream.baseUrl).text.chat(chatCall('Go.'))).choices[0];
    },
  };
}
